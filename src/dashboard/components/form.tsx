import type { ReactNode } from 'react'
import { ProblemError } from '../../client/index.ts'
import { visible } from '../format/visible-text.ts'
import controls from './controls.module.css'
import styles from './form.module.css'

interface FormProps {
  /** Names the form. */
  label: string
  /** What its button does. */
  submit: string
  onSubmit: (given: FormData) => void
  /** Without it the form cannot be left. */
  onCancel?: () => void
  /** Why it was refused; null: it was not. */
  fault: string | null
  isPending: boolean
  /** Labels around their fields. */
  children: ReactNode
}

/** Fields in rows, then the buttons, and below them why it was refused. */
export function Form(props: FormProps): ReactNode {
  const { label, submit, onSubmit, onCancel, fault, isPending, children } = props
  return (
    <form
      className={styles['form']}
      aria-label={label}
      onSubmit={(event) => {
        event.preventDefault()
        onSubmit(new FormData(event.currentTarget))
      }}
    >
      {children}
      <button
        type="submit"
        className={`${controls['button'] ?? ''} ${controls['primary'] ?? ''}`}
        disabled={isPending}
      >
        {submit}
      </button>
      {onCancel !== undefined && (
        <button type="button" className={controls['button']} onClick={onCancel}>
          Cancel
        </button>
      )}
      {fault !== null && (
        <p role="alert" className={`untrusted ${styles['fault'] ?? ''}`}>
          {visible(fault)}
        </p>
      )}
    </form>
  )
}

/** Why something was refused, with what to do where the service says so; null: it was not. */
export function faultOf(error: Error | null): string | null {
  if (!(error instanceof ProblemError) || error.hint === undefined) return error?.message ?? null
  return `${error.message.replace(/\.$/u, '')}. ${error.hint}`
}

/** The parts of a text, without spaces around them and without empty ones. */
export function listOf(text: string, separator: string | RegExp = ','): string[] {
  return text
    .split(separator)
    .map((part) => part.trim())
    .filter((part) => part !== '')
}

/** What was written in a field of that name, without spaces around it; '' where there is none. */
export function textOf(given: FormData, name: string): string {
  const value = given.get(name)
  return typeof value === 'string' ? value.trim() : ''
}
