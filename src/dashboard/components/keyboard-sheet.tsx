/** The sheet of keys, which `?` shows on every page. */
import { X } from 'lucide-react'
import { useEffect, useRef, type ReactNode } from 'react'
import controls from './controls.module.css'
import { isTaken, KEY_GROUPS } from './keys.ts'
import styles from './keyboard-sheet.module.css'

export function KeyboardSheet(): ReactNode {
  const sheet = useRef<HTMLDialogElement>(null)
  useEffect(() => {
    const listen = (event: KeyboardEvent): void => {
      if (event.key !== '?') return
      if (sheet.current?.open === true) sheet.current.close()
      else if (!isTaken(event)) sheet.current?.showModal()
    }
    document.addEventListener('keydown', listen)
    return () => document.removeEventListener('keydown', listen)
  }, [])
  return (
    <dialog ref={sheet} className={styles['sheet']} aria-labelledby="keys-title">
      <header>
        <h2 id="keys-title">Keys</h2>
        <button
          type="button"
          className={controls['button']}
          aria-label="Close"
          onClick={() => sheet.current?.close()}
        >
          <X size={14} aria-hidden="true" />
        </button>
      </header>
      {KEY_GROUPS.map((group) => (
        <KeyGroup key={group.where} group={group} />
      ))}
    </dialog>
  )
}

function KeyGroup({ group: { where, keys } }: { group: (typeof KEY_GROUPS)[number] }): ReactNode {
  return (
    <section>
      <h3>{where}</h3>
      <dl>
        {keys.map(({ keys: names, what }) => (
          <div key={what}>
            <dt>
              {names.map((name) => (
                <kbd key={name}>{name}</kbd>
              ))}
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
    </section>
  )
}
