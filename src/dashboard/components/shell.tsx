/** What surrounds every page: the way to the others, and what the window and the clock are. */
import { Link, Outlet } from '@tanstack/react-router'
import {
  Activity,
  Bell,
  Bot,
  Bug,
  CircleDollarSign,
  Database,
  LayoutDashboard,
  List,
  Play,
  Settings,
  Store,
  Workflow,
  type LucideIcon,
} from 'lucide-react'
import { AddressAfterPaint, AddressNow } from '../search/page-address.ts'
import { DisplaySwitches } from './display-switches.tsx'
import { KeyboardSheet } from './keyboard-sheet.tsx'
import { Notices } from './notices.tsx'
import { OrganizationPicker } from './organization-picker.tsx'
import styles from './shell.module.css'
import { WindowPicker } from './window-picker.tsx'

const PAGES: readonly (readonly [string, string, LucideIcon])[] = [
  ['/', 'Overview', LayoutDashboard],
  ['/executions', 'Executions', List],
  ['/agents', 'Agents', Bot],
  ['/marketplace', 'Marketplace', Store],
  ['/workflows', 'Workflows', Workflow],
  ['/errors', 'Errors', Bug],
  ['/alerts', 'Alerts', Bell],
  ['/costs', 'Costs', CircleDollarSign],
  ['/live', 'Live', Activity],
  ['/run', 'Run', Play],
  ['/sql', 'SQL', Database],
  ['/settings', 'Settings', Settings],
]

export function Shell(): React.ReactNode {
  return (
    <AddressNow>
      <Frame />
    </AddressNow>
  )
}

function Frame(): React.ReactNode {
  return (
    <div className={styles['shell']}>
      <a className={styles['skip']} href="#main">
        Skip to the content
      </a>
      <header className={styles['bar']}>
        <Link to="/" className={styles['brand']}>
          exectrail
        </Link>
        <OrganizationPicker />
        <WindowPicker />
        <DisplaySwitches />
      </header>
      <Pages />
      <main id="main" className={styles['main']} tabIndex={-1}>
        <AddressAfterPaint>
          <Outlet />
        </AddressAfterPaint>
      </main>
      <KeyboardSheet />
      <Notices />
    </div>
  )
}

function Pages(): React.ReactNode {
  return (
    <nav className={styles['nav']} aria-label="Pages">
      <ul>
        {PAGES.map(([to, name, Icon]) => (
          <li key={to}>
            <Link
              to={to}
              activeOptions={{ exact: to === '/', includeSearch: false }}
              className={styles['link']}
            >
              <Icon size={15} aria-hidden="true" />
              <span>{name}</span>
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  )
}
