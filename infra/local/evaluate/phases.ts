export type PhaseName = 'load' | 'prepare' | 'tune' | 'train' | 'rank';

export interface Phase {
  milliseconds: number;
  /** Milliseconds of processor time of this process, all threads of the SQL engine together. */
  processor: number;
  /** Most memory, in bytes, of this process with the SQL engine and of the one that ranks, together. */
  peak: number;
}

/** Time and peak memory of each phase. */
export class Phases {
  readonly all = new Map<PhaseName, Phase>();
  #name: PhaseName = 'load';
  #since = Date.now();
  #processor = process.cpuUsage();
  #other = 0;
  readonly #timer = setInterval(() => this.#look(), 50);

  /** The work goes over to another phase, or on in the same. */
  enter(name: PhaseName): void {
    if (name === this.#name) return;
    this.#leave();
    this.#name = name;
  }

  /** Memory of the other process. */
  other(bytes: number): void {
    this.#other = bytes;
    this.#look();
  }

  stop(): void {
    this.#leave();
    clearInterval(this.#timer);
  }

  #leave(): void {
    this.#look();
    const now = Date.now();
    const phase = this.#phase();
    phase.milliseconds += now - this.#since;
    this.#since = now;
    const { user, system } = process.cpuUsage(this.#processor);
    phase.processor += (user + system) / 1000;
    this.#processor = process.cpuUsage();
  }

  #look(): void {
    const phase = this.#phase();
    phase.peak = Math.max(phase.peak, process.memoryUsage.rss() + this.#other);
  }

  #phase(): Phase {
    const known = this.all.get(this.#name);
    if (known) return known;
    const phase = { milliseconds: 0, processor: 0, peak: 0 };
    this.all.set(this.#name, phase);
    return phase;
  }
}
