import { Check, Copy } from 'lucide-react'
import { useEffect, useState } from 'react'
import styles from './copy-button.module.css'

const SHOWN_MS = 1500

/** Copies a text. `what` completes "Copy …" for those who do not see the icon. */
export function CopyButton({ text, what }: { text: string; what: string }): React.ReactNode {
  const [copied, setCopied] = useState(false)
  useEffect(() => {
    if (!copied) return undefined
    const timer = setTimeout(() => setCopied(false), SHOWN_MS)
    return () => clearTimeout(timer)
  }, [copied])
  const copy = (): void => void navigator.clipboard.writeText(text).then(() => setCopied(true))
  const words = copied ? 'Copied' : `Copy ${what}`
  return (
    <button type="button" className={styles['copy']} onClick={copy} aria-label={words} title={words}>
      {copied ? <Check size={13} aria-hidden="true" /> : <Copy size={13} aria-hidden="true" />}
    </button>
  )
}
