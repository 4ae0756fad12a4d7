/** The networks used last, by the hash of their weights; the one not used for longest makes room. */
export class NetCache<Net extends { dispose(): void }> {
  readonly #limit: number;
  /** In order of use. */
  readonly #nets = new Map<string, Net>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  get(hash: string, load: () => Net): Net {
    const net = this.#nets.get(hash) ?? this.#load(load);
    this.#nets.delete(hash);
    this.#nets.set(hash, net);
    return net;
  }

  #load(load: () => Net): Net {
    const oldest = this.#nets.keys().next();
    if (this.#nets.size >= this.#limit && !oldest.done) {
      this.#nets.get(oldest.value)?.dispose();
      this.#nets.delete(oldest.value);
    }
    return load();
  }
}
