import fc from 'fast-check'
import { expect, it } from 'vitest'
import { toJson, toJsonLine, escapeControls, escapeLine } from '../../src/cli/escape-controls.ts'

// oxlint-disable-next-line no-control-regex
const STEERS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/

it('spells out escape sequences instead of passing them to the terminal', () => {
  expect(escapeControls('\u001b[31mred\u001b[0m')).toBe('␛[31mred␛[0m')
  expect(escapeControls('bell\u0007 null\u0000 csi\u009b31m')).toBe('bell␇ null␀ csi<U+009B>31m')
  expect(escapeControls('a\rb')).toBe('a␍b')
  expect(escapeControls('user\u202egnp.exe')).toBe('user<U+202E>gnp.exe')
})

it('keeps line breaks, tabs and every other character', () => {
  expect(escapeControls('one\r\ntwo\tthree ünï 日本 👍')).toBe('one\ntwo\tthree ünï 日本 👍')
})

it('leaves nothing that steers a terminal, whatever the text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(STEERS.test(escapeControls(text))).toBe(false)
      expect(STEERS.test(toJson({ text }))).toBe(false)
      expect(JSON.parse(toJsonLine({ text }))).toEqual({ text })
    }),
  )
})

it('puts a text on one line of bounded length', () => {
  expect(escapeLine('a\nb\tc', 10)).toBe('a⏎b c')
  expect(escapeLine('x'.repeat(1_000_000), 5)).toBe('xxxx…')
  expect(escapeLine('👍👍👍', 2)).toBe('👍…')
})
