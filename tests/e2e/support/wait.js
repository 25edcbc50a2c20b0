// Waiting for a condition outside the page; inside it Playwright's `expect` waits.

/** @template T @param {number} ms @param {Promise<T>} promise @param {() => string} words @returns {Promise<T>} */
export async function within(ms, promise, words) {
  /** @type {any} */
  let timer;
  const late = new Promise((_, fail) => { timer = setTimeout(() => fail(new Error(words())), ms); });
  try {
    return await Promise.race([promise, /** @type {Promise<any>} */ (late)]);
  } finally {
    clearTimeout(timer);
  }
}
