// Which tab keeps which connection open. Browsers allow six connections to a host over HTTP/1.1, so of all tabs of a
// browser at most four have an event stream; every other request goes over the two that are left. Pure: it reads what
// the browser says of its Web Locks.
//
//   pm.lead.<project>   held by the one tab that brings a project's steps to all tabs of it
//   pm.seen.<project>   shared by the tabs of a project that somebody looks at
//   pm.slot.<n>         held by a leading tab with an event stream

export const SLOTS = 4;

export const leadName = (/** @type {string} */ projectId) => `pm.lead.${projectId}`;
export const seenName = (/** @type {string} */ projectId) => `pm.seen.${projectId}`;
export const slotName = (/** @type {number} */ slot) => `pm.slot.${slot}`;

/** @typedef {{ name?: string, clientId?: string }} Held a lock as `navigator.locks.query()` tells of it */

/** Whether somebody looks at a tab of the project. @param {Held[]} held @param {string} projectId */
export const isSeen = (held, projectId) => held.some((lock) => lock.name === seenName(projectId));

/**
 * The slot a leading tab may have: a free one; one whose holder leads nothing any more, because it was frozen and
 * another took its place; and, while somebody looks at this project, one of a project that nobody looks at.
 * @param {Held[]} held @param {string} projectId
 * @returns {{ slot: number, steal: boolean } | null}
 */
export function chooseSlot(held, projectId) {
  const slots = Array.from({ length: SLOTS }, (_, slot) => ({ slot, lock: held.find((lock) => lock.name === slotName(slot)) }));
  const free = slots.find(({ lock }) => !lock);
  if (free) return { slot: free.slot, steal: false };
  const ledBy = (/** @type {string | undefined} */ client) => held.filter((lock) => lock.clientId === client && lock.name?.startsWith(leadName("")))
    .map((lock) => /** @type {string} */ (lock.name).slice(leadName("").length));
  const orphan = slots.find(({ lock }) => ledBy(lock?.clientId).length === 0);
  const unseen = () => isSeen(held, projectId) ? slots.find(({ lock }) => !ledBy(lock?.clientId).some((id) => isSeen(held, id))) : undefined;
  const choice = orphan ?? unseen();
  return choice ? { slot: choice.slot, steal: true } : null;
}
