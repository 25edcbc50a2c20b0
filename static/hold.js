// A Web Lock as a thing one has: kept until it is released, or until another tab takes it away.

/**
 * @param {LockManager} locks @param {string} name @param {LockOptions} options
 * @param {() => void} [taken] another tab took it
 * @returns {Promise<{ release: () => void } | null>} null when it is not to be had, or nobody waits for it any more
 */
export function hold(locks, name, options, taken = () => {}) {
  return new Promise((got, failed) => {
    let isHeld = false;
    /** @param {Lock | null} lock @returns {Promise<void> | undefined} */
    const keep = (lock) => {
      if (lock === null) return undefined;
      isHeld = true;
      return new Promise((release) => got({ release: () => release() }));
    };
    locks.request(name, options, keep).then(() => got(null), (error) => {
      if (error?.name !== "AbortError") failed(error);
      else if (isHeld) taken();
      else got(null);
    });
  });
}
