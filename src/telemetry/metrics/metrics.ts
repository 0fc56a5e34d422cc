/** The instruments of one executor and of the service around it, read by OTLP and by `GET /metrics` alike. */
import { ValueType, type Attributes, type Meter, type Observable } from '@opentelemetry/api'
import { MeterProvider, MetricReader, type ResourceMetrics } from '@opentelemetry/sdk-metrics'
import { SCHEMA_URL, SCOPE } from '../record/otlp-json.ts'
import { resourceOf } from '../resource.ts'

/** An observable instrument and where its value is found in a `State`. */
export interface Observed<State> {
  kind: 'counter' | 'gauge'
  /** Without `exectrail.`; the unit is not in it. */
  name: string
  /** UCUM. @default '1' */
  unit?: '1' | 'By' | 's'
  description: string
  /** Null where this state has none. */
  of: (state: State) => number | null
}

export interface Observation<State> {
  attributes: Attributes
  state: State
}

export class Metrics {
  readonly meter: Meter
  readonly #reader = new OnDemandReader()
  readonly #absent = new Set<string>()

  constructor(given: { serviceName: string; executorId: string }) {
    const provider = new MeterProvider({ resource: resourceOf(given), readers: [this.#reader] })
    this.meter = provider.getMeter(SCOPE, undefined, { schemaUrl: SCHEMA_URL })
  }

  /** Observes `instruments` at each collection in every state `read` gives; one without a value is left out. */
  observe<State>(
    instruments: readonly Observed<State>[],
    read: () => readonly Observation<State>[] | Promise<readonly Observation<State>[]>,
  ): void {
    const made = instruments.map((one) => ({
      name: `exectrail.${one.name}`,
      of: one.of,
      at: this.#make(one),
    }))
    const observables = made.map(({ at }) => at)
    this.meter.addBatchObservableCallback(async (result) => {
      const observations = await read()
      for (const { name, of, at } of made) {
        this.#absent.add(name)
        for (const { attributes, state } of observations) {
          const value = of(state)
          if (value === null) continue
          this.#absent.delete(name)
          result.observe(at, value, attributes)
        }
      }
    }, observables)
  }

  /** All since the start, cumulative. */
  async collect(): Promise<ResourceMetrics> {
    const { resource, scopeMetrics } = (await this.#reader.collect()).resourceMetrics
    // The SDK repeats the last values of an instrument that observes nothing.
    const isPresent = (name: string): boolean => !this.#absent.has(name)
    return {
      resource,
      scopeMetrics: scopeMetrics.map(({ scope, metrics }) => ({
        scope,
        metrics: metrics.filter(({ descriptor }) => isPresent(descriptor.name)),
      })),
    }
  }

  #make<State>({ kind, name, unit = '1', description }: Observed<State>): Observable {
    const options = { unit, description, valueType: ValueType.DOUBLE }
    return kind === 'counter'
      ? this.meter.createObservableCounter(`exectrail.${name}`, options)
      : this.meter.createObservableGauge(`exectrail.${name}`, options)
  }
}

/** Collects when it is asked. */
class OnDemandReader extends MetricReader {
  protected override onForceFlush(): Promise<void> {
    return Promise.resolve()
  }
  protected override onShutdown(): Promise<void> {
    return Promise.resolve()
  }
}
