/** The keys of the dashboard, as the sheet shows them. */
export const KEY_GROUPS = [
  {
    where: 'Everywhere',
    keys: [
      { keys: ['?'], what: 'Show or close this sheet' },
      { keys: ['esc'], what: 'Close what is open' },
    ],
  },
  {
    where: 'In a list of executions',
    keys: [
      { keys: ['j', '↓'], what: 'Next execution' },
      { keys: ['k', '↑'], what: 'Previous execution' },
      { keys: ['enter'], what: 'Open it beside the list' },
      { keys: ['x'], what: 'Mark it to compare' },
      { keys: ['/'], what: 'Search errors and output' },
      { keys: ['tab'], what: 'In an active row: to its values, to filter by them, exclude or copy them' },
    ],
  },
] as const

/** Whether a key belongs to a field, to a dialog or menu that is open, or to the browser. */
export function isTaken(event: KeyboardEvent): boolean {
  const { target, defaultPrevented, ctrlKey, metaKey, altKey } = event
  if (defaultPrevented || ctrlKey || metaKey || altKey) return true
  if (document.querySelector('dialog[open], [data-radix-popper-content-wrapper]') !== null) return true
  if (!(target instanceof HTMLElement)) return false
  return target.isContentEditable || target.matches('textarea, select, input:not([type=checkbox])')
}
