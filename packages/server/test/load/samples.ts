import { readdirSync, readFileSync } from 'node:fs';

interface Sample {
  /** Seconds since the first. */
  at: number;
  /** Mebibytes of memory that the process has. */
  memory: number;
  descriptors: number;
}

/** What a process holds, once a second. */
export class Samples {
  readonly #pid: number;
  readonly #list: Sample[] = [];
  readonly #began = performance.now();
  readonly #timer = setInterval(() => this.#list.push(this.now()), 1000);

  constructor(pid: number) {
    this.#pid = pid;
  }

  now(): Sample {
    const status = readFileSync(`/proc/${this.#pid}/status`, 'utf8');
    const kibibytes = Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]);
    return {
      at: (performance.now() - this.#began) / 1000,
      memory: kibibytes / 1024,
      descriptors: readdirSync(`/proc/${this.#pid}/fd`).length,
    };
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** Mean memory after a share of the time, and how it grew from there in mebibytes a minute, by the line of least squares. */
  trend(warmUp: number): { mean: number; slope: number; least: number; most: number; minutes: number } {
    const kept = this.#list.slice(Math.floor(this.#list.length * warmUp));
    const memory = kept.map((sample) => sample.memory);
    const mean = average(memory);
    const middle = average(kept.map(({ at }) => at));
    let product = 0;
    let square = 0;
    for (const sample of kept) {
      product += (sample.at - middle) * (sample.memory - mean);
      square += (sample.at - middle) ** 2;
    }
    const minutes = ((kept.at(-1)?.at ?? 0) - (kept[0]?.at ?? 0)) / 60;
    return {
      mean,
      slope: (60 * product) / square,
      least: Math.min(...memory),
      most: Math.max(...memory),
      minutes,
    };
  }

  get mostDescriptors(): number {
    return Math.max(...this.#list.map(({ descriptors }) => descriptors));
  }
}

function average(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
}
