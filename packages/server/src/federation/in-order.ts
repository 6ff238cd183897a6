/**
 * Frames that are being dealt with: those of one flow one after another, those of different flows at the same time, so
 * that one room's slow disk is not every room's, and many rooms share a commit. What waits is bounded by credit.
 */

/** Of one priority and link: as many rooms as one commit takes in well. */
const atOnce = 64;

type Job = () => Promise<void>;

export class InOrder {
  /** What waits in flows that are being dealt with, or would be if there were room. */
  readonly #waiting = new Map<string, Job[]>();
  /** Flows whose turn it is when there is room. */
  readonly #ready: string[] = [];
  #running = 0;
  #isOver = false;

  /** Runs a job, which never rejects, when those before it in its flow are done. */
  add(flow: string, job: Job): void {
    const waiting = this.#waiting.get(flow);
    if (waiting) {
      waiting.push(job);
      return;
    }
    this.#waiting.set(flow, [job]);
    this.#ready.push(flow);
    this.#go();
  }

  /** Runs nothing more. */
  end(): void {
    this.#isOver = true;
    this.#waiting.clear();
    this.#ready.length = 0;
  }

  #go(): void {
    while (this.#running < atOnce) {
      const flow = this.#ready.shift();
      const job = flow === undefined ? undefined : this.#waiting.get(flow)?.shift();
      if (flow === undefined || !job) return;
      this.#running += 1;
      void job().finally(() => this.#done(flow));
    }
  }

  #done(flow: string): void {
    this.#running -= 1;
    if (this.#isOver) return;
    if (this.#waiting.get(flow)?.length) this.#ready.push(flow);
    else this.#waiting.delete(flow);
    this.#go();
  }
}
