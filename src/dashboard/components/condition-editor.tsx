/** Writes a condition: field, operator and value, with what the field's table says and what the store has. */
import { Plus } from 'lucide-react'
import { Popover } from 'radix-ui'
import { useState, type ReactNode } from 'react'
import { FILTER_FIELDS } from '../../record/conditions.ts'
import { fieldOf } from '../../record/record.ts'
import { labelOf } from '../format/fields.ts'
import { type FilterControl } from '../search/filter.ts'
import { Choices } from './choices.tsx'
import {
  changeChoice,
  changeField,
  choicesOf,
  isValueless,
  readDraft,
  writeDraft,
} from './condition-draft.ts'
import styles from './condition-editor.module.css'
import { ValueField } from './condition-value.tsx'
import controls from './controls.module.css'

interface EditorProps {
  filter: FilterControl
  /** The one to change; without it one is added. */
  condition?: string | undefined
  /** What the button shows. */
  children?: ReactNode
}

export function ConditionEditor({ filter, condition, children }: EditorProps): ReactNode {
  const [open, setOpen] = useState(false)
  const finish = (written: string): void => {
    if (condition === undefined) filter.add(written)
    else filter.replace(condition, written)
    setOpen(false)
  }
  return (
    <Popover.Root open={open} onOpenChange={setOpen}>
      <Popover.Trigger className={children === undefined ? controls['button'] : undefined}>
        {children ?? (
          <>
            <Plus size={14} aria-hidden="true" />
            Filter
          </>
        )}
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content className={styles['editor']} align="start" sideOffset={4} aria-label="Condition">
          <EditorForm filter={filter} condition={condition} onDone={finish} />
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  )
}

interface FormProps {
  filter: FilterControl
  condition: string | undefined
  onDone: (condition: string) => void
}

function EditorForm({ filter, condition, onDone }: FormProps): ReactNode {
  const [draft, setDraft] = useState(() => readDraft(condition))
  const { field, choice } = draft
  const written = writeDraft(draft)
  const submit = (event: React.FormEvent): void => {
    event.preventDefault()
    if (written !== null) onDone(written)
  }
  return (
    <form className={styles['form']} onSubmit={submit}>
      <Choices
        label="Field"
        value={field}
        names={FILTER_FIELDS}
        nameOf={labelOf}
        onChange={(name) => setDraft(changeField(draft, name))}
      />
      <Choices
        label="Operator"
        value={choice}
        names={choicesOf(field)}
        nameOf={(name) => name}
        onChange={(name) => setDraft(changeChoice(draft, name))}
      />
      {!isValueless(choice) && (
        <ValueField filter={filter} draft={draft} onChange={(value) => setDraft({ ...draft, value })} />
      )}
      <p className={styles['means']}>{fieldOf(field).means}</p>
      <button
        type="submit"
        className={`${controls['button']} ${controls['primary']}`}
        disabled={written === null}
      >
        {condition === undefined ? 'Add filter' : 'Change filter'}
      </button>
    </form>
  )
}
