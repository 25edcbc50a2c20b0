// What people do with messages that wait for their turn. That it has come meanwhile is told in words.

import { Problem, api } from "./api.js";
import { currentId, dispatch } from "./store.js";

/** @param {string} messageId a queued one @param {string} content @returns {Promise<string | null>} why it was not changed */
export async function editQueued(messageId, content) {
  return changeQueued(messageId, async () => {
    const message = await api.editMessage(messageId, content);
    return { id: messageId, change: "edited", content: message.content };
  });
}

/** @param {string} messageId a queued one @returns {Promise<string | null>} why it was not taken back */
export async function withdrawQueued(messageId) {
  return changeQueued(messageId, async () => {
    await api.withdrawMessage(messageId);
    return { id: messageId, change: "withdrawn" };
  });
}

/** @param {string} messageId @param {() => Promise<import("./queue.js").Change>} ask @returns {Promise<string | null>} */
async function changeQueued(messageId, ask) {
  const projectId = currentId.value;
  try {
    dispatch({ type: "message/changed", projectId, change: await ask() });
    return null;
  } catch (error) {
    const status = error instanceof Problem ? error.status : 0;
    if (status === 409) return "Its turn has come, so it can no longer be changed.";
    if (status !== 404) return error instanceof Error ? error.message : String(error);
    dispatch({ type: "message/changed", projectId, change: { id: messageId, change: "withdrawn" } });
    return "It was withdrawn in another window.";
  }
}
