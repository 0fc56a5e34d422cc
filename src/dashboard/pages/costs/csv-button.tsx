import { useMutation } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import type { Operations, ProblemError } from '../../../client/index.ts'
import { costCsv, CSV_GROUPS } from '../../../cost/csv.ts'
import controls from '../../components/controls.module.css'
import { download } from '../../components/download.ts'
import { notify } from '../../components/notices.tsx'
import { ask } from '../../data/queries.ts'
import { useFilter } from '../../search/filter.ts'
import { toWindowInput, useWindow } from '../../search/window.ts'
import type { GroupTab } from './fields.ts'

/** Writes the window's costs by month, with a row for everything beyond the groups, so that each month adds up. */
export function CsvButton({ tab }: { tab: GroupTab }): ReactNode {
  const shown = useWindow()
  const { where, q } = useFilter()
  const { mutate, isPending } = useMutation<Operations['getCostTimeseries']['reply'], ProblemError>({
    mutationFn: () =>
      ask('getCostTimeseries', {
        ...toWindowInput(shown),
        where,
        q,
        groupBy: tab.value,
        limit: CSV_GROUPS,
        bucket: 'month',
      }),
    onSuccess: ({ buckets }) => download('exectrail-costs.csv', `${costCsv(buckets, [tab.value])}\n`),
    onError: ({ message }) => notify({ text: `No CSV: ${message}`, tone: 'bad' }),
  })
  return (
    <button type="button" className={controls['button']} disabled={isPending} onClick={() => mutate()}>
      CSV by month
    </button>
  )
}
