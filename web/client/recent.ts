/** Remembers the last few texts, to tell duplicates. */
export class Recent {
  readonly #limit: number;
  readonly #texts = new Set<string>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  has(text: string): boolean {
    return this.#texts.has(text);
  }

  /** Whether it is new; it is not new any more afterwards. */
  add(text: string): boolean {
    if (this.#texts.has(text)) return false;
    this.#texts.add(text);
    const [oldest] = this.#texts;
    if (oldest !== undefined && this.#texts.size > this.#limit) this.#texts.delete(oldest);
    return true;
  }
}
