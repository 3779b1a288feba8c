/** One figure of a scrape. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const LINE = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/;
const LABEL = /([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"(?:,|$)/y;

/** A scrape in Prometheus's text format, read strictly: a line that is none is an error. */
export class Scrape {
  readonly samples: readonly Sample[];
  /** By name, as the `# TYPE` lines have them. */
  readonly types = new Map<string, string>();

  constructor(readonly text: string) {
    const samples: Sample[] = [];
    for (const line of text.split('\n')) {
      const [, name, type] = /^# TYPE (\S+) (\S+)$/.exec(line) ?? [];
      if (name && type) this.types.set(name, type);
      if (line === '' || line.startsWith('#')) continue;
      const [, metric, labels = '', value] = LINE.exec(line) ?? [];
      if (!metric) throw new Error(`no line of a scrape: ${line}`);
      samples.push({ name: metric, labels: readLabels(labels), value: Number(value?.replace('+Inf', 'Infinity')) });
    }
    this.samples = samples;
  }

  /** The one figure of this name whose labels include these. */
  value(name: string, labels: Readonly<Record<string, string>> = {}): number {
    const found = this.samples.filter(
      (sample) => sample.name === name && Object.entries(labels).every(([key, value]) => sample.labels[key] === value),
    );
    if (found.length !== 1) throw new Error(`${found.length} of ${name} ${JSON.stringify(labels)}`);
    return (found[0] as Sample).value;
  }

  /** Everything that may only rise: counters, and the counts and sums of histograms. By name and labels. */
  get rising(): Map<string, number> {
    const rising = new Map<string, number>();
    for (const { name, labels, value } of this.samples) {
      const type = this.types.get(name) ?? this.types.get(name.replace(/_(bucket|count|sum)$/, ''));
      if (type === 'counter' || type === 'histogram') rising.set(`${name} ${JSON.stringify(labels)}`, value);
    }
    return rising;
  }
}

function readLabels(text: string): Record<string, string> {
  const labels: Record<string, string> = {};
  LABEL.lastIndex = 0;
  for (let at = 0; at < text.length; at = LABEL.lastIndex) {
    LABEL.lastIndex = at;
    const [, key, value] = LABEL.exec(text) ?? [];
    if (!key || value === undefined) throw new Error(`no labels: ${text}`);
    labels[key] = value.replace(/\\n/g, '\n').replace(/\\(.)/g, '$1');
  }
  return labels;
}
