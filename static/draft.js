// The reply that is being written, as a value: shown as it grows, and replaced by the message it becomes.

/** `text` is what there is of it so far. @typedef {{ id: string, text: string }} Draft */

/**
 * The draft after a frame of the chat. What comes late, when its message is there already, changes nothing.
 * @param {Draft | null} draft
 * @param {"typing" | "chat_delta"} type
 * @param {{ id: string, active?: boolean, text?: string, restart?: boolean }} data
 * @param {{ id: string }[]} messages
 * @returns {Draft | null}
 */
export function withFrame(draft, type, data, messages) {
  const isOwn = draft?.id === data.id;
  if (type === "typing" && !data.active) return isOwn ? null : draft;
  if (messages.some((message) => message.id === data.id)) return draft;
  if (type === "typing") return isOwn ? draft : { id: data.id, text: "" };
  const before = isOwn && !data.restart ? draft.text : "";
  return { id: data.id, text: before + (data.text ?? "") };
}

/** The draft unless it is one of these messages now. @param {Draft | null} draft @param {{ id: string }[]} messages */
export function withoutDraft(draft, messages) {
  return draft && messages.some((message) => message.id === draft.id) ? null : draft;
}
