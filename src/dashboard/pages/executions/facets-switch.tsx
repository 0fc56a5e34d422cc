import { PanelLeft } from 'lucide-react'
import type { ReactNode } from 'react'
import controls from '../../components/controls.module.css'

interface SwitchProps {
  state: 'open' | 'closed'
  onChange: (state: 'open' | 'closed') => void
}

export function FacetsSwitch({ state, onChange }: SwitchProps): ReactNode {
  return (
    <button
      type="button"
      className={controls['button']}
      aria-pressed={state === 'open'}
      onClick={() => onChange(state === 'open' ? 'closed' : 'open')}
    >
      <PanelLeft size={14} aria-hidden="true" />
      Values
    </button>
  )
}
