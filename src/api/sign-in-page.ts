/** The form for a key. It posts to its own address, so that it holds no text from callers and leads back to the page asked for. */
import { createHash } from 'node:crypto'

const STYLE = `
:root { color-scheme: light dark; --page: #f6f7f9; --surface: #fff; --border: #b4bcc9; --text: #171b22; --text-2: #4b5565; --accent: #1a56b0; --on: #fff; --bad: #b3261e }
@media (prefers-color-scheme: dark) { :root { --page: #0f1216; --surface: #171b21; --border: #4a5463; --text: #e7eaef; --text-2: #b3bcc9; --accent: #7db0ff; --on: #0b1320; --bad: #ff8a7e } }
* { box-sizing: border-box }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 16px; background: var(--page); color: var(--text); font: 14px/1.5 system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', sans-serif }
main { width: min(100%, 400px); padding: 24px; border: 1px solid var(--border); border-radius: 8px; background: var(--surface) }
h1 { margin: 0 0 4px; font-size: 18px }
p { margin: 0 0 16px; color: var(--text-2) }
p[role=alert] { margin: 0 0 12px; color: var(--bad) }
label { display: block; margin-bottom: 4px; font-weight: 600 }
input { width: 100%; min-height: 36px; margin-bottom: 12px; padding: 0 10px; border: 1px solid var(--border); border-radius: 6px; background: var(--page); color: inherit; font: 13px ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace }
button { width: 100%; min-height: 36px; border: 0; border-radius: 6px; background: var(--accent); color: var(--on); font: inherit; font-weight: 600; cursor: pointer }
input:focus-visible, button:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px }
small { display: block; margin-top: 16px; color: var(--text-2) }
code { font: 12px ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace }
`
const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64')

/** What the form may load, and where it may post. Without a referrer policy of its own the browser would hide the form's origin. */
export const SIGN_IN_HEADERS = {
  'Content-Type': 'text/html; charset=utf-8',
  'Content-Security-Policy': `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'`,
  'Referrer-Policy': 'same-origin',
}

/** `attempt`: whether it answers a browser without a key, or one whose key is not known. */
export function signInPage(attempt: 'none' | 'unknown'): string {
  const failed =
    attempt === 'none'
      ? ''
      : '<p role="alert" id="failed">This key is not known here: it may be mistyped, expired or revoked.</p>\n'
  const described = attempt === 'none' ? '' : ' aria-invalid="true" aria-describedby="failed"'
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Sign in · exectrail</title><style>${STYLE}</style></head>
<body>
<main>
<h1>Sign in to exectrail</h1>
<p>With an API key. It stays in this browser for 30 days.</p>
${failed}<form method="post">
<label for="key">Key</label>
<input id="key" name="key" type="password" autocomplete="current-password" autocapitalize="none" spellcheck="false" required autofocus maxlength="512"${described}>
<button type="submit">Sign in</button>
</form>
<small><code>exectrail up</code> prints a link that signs in. An administrator makes a key with <code>exectrail key create</code>.</small>
</main>
</body>
</html>
`
}
