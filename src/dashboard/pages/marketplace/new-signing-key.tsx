/** Registers the public part of a key that was made elsewhere. */
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState, type ReactNode } from 'react'
import type { SigningKey } from '../../../client/index.ts'
import { Card } from '../../components/card.tsx'
import controls from '../../components/controls.module.css'
import { faultOf, Form, textOf } from '../../components/form.tsx'
import { notify } from '../../components/notices.tsx'
import { NamedField } from '../../components/text-field.tsx'
import { ask } from '../../data/queries.ts'
import { visible } from '../../format/visible-text.ts'
import styles from './marketplace.module.css'
import { useOwner } from './owner.ts'

export function NewSigningKey(): ReactNode {
  const { organization } = useOwner('Registering a key')
  const queries = useQueryClient()
  // A form of its own for the next key.
  const [round, setRound] = useState(0)
  const { mutate, error, isPending } = useMutation<SigningKey, Error, FormData>({
    mutationFn: async (given) =>
      ask('addSigningKey', { name: textOf(given, 'name'), publicKey: readPublic(given), organization }),
    onSuccess: ({ name }) => {
      notify({ text: `Registered: ${visible(name)}`, tone: 'good' })
      setRound(round + 1)
    },
    onSettled: () => queries.invalidateQueries({ queryKey: ['listSigningKeys'] }),
  })
  return (
    <Card
      title="Register a key"
      note={organization === undefined ? undefined : `of ${visible(organization)}`}
    >
      <Form
        key={round}
        label="Register a key"
        submit="Register it"
        onSubmit={mutate}
        fault={faultOf(error)}
        isPending={isPending}
      >
        <NamedField label="Name" name="name" required placeholder="release" maxLength={100} />
        <PemField />
      </Form>
    </Card>
  )
}

function PemField(): ReactNode {
  return (
    <label className={styles['pem']}>
      Public key, as exectrail agent keys new prints it
      <textarea
        className={controls['input']}
        name="publicKey"
        required
        rows={4}
        maxLength={1024}
        autoComplete="off"
        spellCheck={false}
        placeholder={'-----BEGIN PUBLIC KEY-----\n…\n-----END PUBLIC KEY-----'}
      />
    </label>
  )
}

/** @throws {Error} for a private key, which is not sent anywhere */
function readPublic(given: FormData): string {
  const text = textOf(given, 'publicKey')
  if (text.includes('PRIVATE KEY'))
    throw new Error(
      'This is a private key. It was not sent, and must not leave your machine: paste the part between BEGIN PUBLIC KEY and END PUBLIC KEY.',
    )
  return text
}
