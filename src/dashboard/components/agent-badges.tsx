/** What is known of an agent's version at a glance: signed, checked, reviewed, its state and who sees it. */
import {
  BadgeCheck,
  Ban,
  Building2,
  CircleAlert,
  ClipboardCheck,
  Globe,
  Lock,
  ShieldAlert,
  ShieldCheck,
  Users,
  type LucideIcon,
} from 'lucide-react'
import type { ReactNode } from 'react'
import type { AgentSummary, VersionStatus, VersionView, Visibility } from '../../client/index.ts'
import { visible } from '../format/visible-text.ts'
import styles from './agent-badges.module.css'

interface BadgeProps {
  icon: LucideIcon
  /** What it means, on hover. */
  title: string
  tone?: 'good' | 'warn' | 'bad' | undefined
  children: ReactNode
}

export function Badge({ icon: Icon, title, tone, children }: BadgeProps): ReactNode {
  return (
    <span className={styles['badge']} data-tone={tone} title={title}>
      <Icon size={13} aria-hidden="true" />
      {children}
    </span>
  )
}

export function SignedBadge(): ReactNode {
  return (
    <Badge icon={ShieldCheck} tone="good" title="Its publisher signed this version with a registered key">
      signed
    </Badge>
  )
}

/** Of a signature that does not hold any more. */
export function UnsignedBadge({ issue }: { issue: string }): ReactNode {
  return (
    <Badge icon={ShieldAlert} tone="bad" title={`Its signature does not hold: ${issue}`}>
      signature not valid
    </Badge>
  )
}

export function CheckedBadge(): ReactNode {
  return (
    <Badge icon={ClipboardCheck} tone="good" title="Its examples ran in a sandbox when it was published">
      checked
    </Badge>
  )
}

export function ReviewedBadge(): ReactNode {
  return (
    <Badge
      icon={BadgeCheck}
      tone="good"
      title="An administrator of this installation approved it for everyone"
    >
      reviewed
    </Badge>
  )
}

const SEEN_BY: Readonly<Record<Visibility, readonly [LucideIcon, string]>> = {
  private: [Lock, 'Only keys of its owner see it'],
  workspace: [Users, 'Its workspace sees it'],
  organization: [Building2, 'Its organization sees it'],
  public: [Globe, 'Every organization sees its approved versions'],
}

export function VisibilityBadge({ visibility }: { visibility: Visibility }): ReactNode {
  const [icon, title] = SEEN_BY[visibility]
  return (
    <Badge icon={icon} title={title}>
      {visibility}
    </Badge>
  )
}

/** Nothing for an active version. */
export function StatusBadge({
  status,
  reason,
}: {
  status: VersionStatus | 'unavailable'
  reason: string | null
}): ReactNode {
  if (status === 'active') return null
  const why = reason === null ? status : `${status}: ${visible(reason)}`
  return (
    <Badge
      icon={status === 'yanked' ? Ban : CircleAlert}
      tone={status === 'deprecated' ? 'warn' : 'bad'}
      title={why}
    >
      {status}
    </Badge>
  )
}

/** Those of a list. */
export function AgentBadges({ agent }: { agent: AgentSummary }): ReactNode {
  const { isSigned, isReviewed, status, statusReason, visibility } = agent
  return (
    <span className={styles['badges']}>
      <StatusBadge status={status} reason={statusReason} />
      {isReviewed && <ReviewedBadge />}
      {isSigned && <SignedBadge />}
      {visibility !== 'public' && <VisibilityBadge visibility={visibility} />}
    </span>
  )
}

/** Those of one version on its own page. */
export function AgentStanding({
  version: { status, statusReason, isSigned, review, signer },
  visibility,
  isChecked,
}: {
  version: Pick<VersionView, 'status' | 'statusReason' | 'isSigned' | 'review' | 'signer'>
  visibility: Visibility
  isChecked: boolean
}): ReactNode {
  return (
    <span className={styles['badges']}>
      <StatusBadge status={status} reason={statusReason} />
      {review === 'approved' && <ReviewedBadge />}
      {isSigned && <SignedBadge />}
      {signer !== null && signer.issue !== null && <UnsignedBadge issue={signer.issue} />}
      {isChecked && <CheckedBadge />}
      <VisibilityBadge visibility={visibility} />
    </span>
  )
}
