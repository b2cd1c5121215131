import type { Unsubscribe } from "./ports.ts";

/** A set of callbacks. One that throws does not keep the others from hearing. */
export interface Listeners<T> {
  add(callback: (value: T) => void): Unsubscribe;
  emit(value: T): void;
}

export function createListeners<T>(): Listeners<T> {
  const callbacks = new Set<(value: T) => void>();
  return {
    add(callback) {
      callbacks.add(callback);
      return () => callbacks.delete(callback);
    },
    emit(value) {
      for (const callback of [...callbacks]) {
        try {
          callback(value);
        } catch (error) {
          queueMicrotask(() => {
            throw error;
          });
        }
      }
    },
  };
}
