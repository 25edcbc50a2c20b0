// What waits for its turn, above the composer: each message can be changed and taken back until then.

import { html, useEffect, useRef, useState } from "../lib.js";
import { count } from "../format.js";
import { discardMessage, sendAgain } from "../actions.js";
import { addToDraft } from "../drafts.js";
import { waiting } from "../queue.js";
import { editQueued, withdrawQueued } from "../queue-actions.js";
import { beforeLogin } from "../session.js";
import { notice, view } from "../store.js";
import { Icon } from "./icon.js";

/** @param {{ projectId: string }} props */
export function QueuedMessages({ projectId }) {
  const stored = waiting(view.value.messages);
  const unsent = view.value.outbox.filter((item) => item.queue && !item.problem);
  const isConnected = view.value.chat?.phase === "live";
  const all = stored.length + unsent.length;
  if (all === 0) return null;
  return html`
    <section class="queue" aria-label="Queue">
      <h3>${all === 1 ? "Comes next" : `${count(all, "message")} come next`}, when nothing runs any more</h3>
      <ol>
        ${stored.map((message) => html`<${Card} key=${message.id} projectId=${projectId} message=${message} />`)}
        ${unsent.map((item) => html`
          <li class="queued" key=${item.client_id} data-state="sending">
            <div><p class="plain">${item.content}</p><p class="age">${isConnected ? "sending…" : "waiting for the server"}</p></div>
            ${!isConnected && html`<span class="queued-actions">
              <button type="button" class="icon-button" aria-label="Edit" title="Back into the message box" onClick=${() => sendAgain(item)}><${Icon} name="pencil" /></button>
              <button type="button" class="icon-button" aria-label="Withdraw" title="Withdraw" onClick=${() => discardMessage(item.client_id)}><${Icon} name="trash" /></button>
            </span>`}
          </li>`)}
      </ol>
    </section>`;
}

/** @param {{ projectId: string, message: import("../state.js").Message }} props */
function Card({ projectId, message }) {
  const [text, setText] = useState(/** @type {string | null} */ (null));
  const [problem, setProblem] = useState(/** @type {string | null} */ (null));
  const [isBusy, setBusy] = useState(false);
  const own = useRef({ text, content: message.content });
  own.current = { text, content: message.content };
  const pencil = useRef(/** @type {HTMLButtonElement | null} */ (null));

  // Its turn has come, or it was withdrawn elsewhere, while somebody was changing it: what they wrote is kept.
  useEffect(() => {
    const keep = () => {
      const { text: changed, content } = own.current;
      const isChanged = changed !== null && changed.trim() !== "" && changed !== content;
      if (isChanged) addToDraft(projectId, changed);
      return isChanged;
    };
    const stop = beforeLogin(keep);
    return () => {
      stop();
      if (keep()) notice.value = "The message you were changing is no longer in the queue. What you wrote is in the message box.";
    };
  }, []);

  const close = () => {
    setText(null);
    setProblem(null);
    requestAnimationFrame(() => pencil.current?.focus());
  };
  /** @param {() => Promise<string | null>} ask */
  const attempt = async (ask) => {
    setBusy(true);
    const failure = await ask();
    setBusy(false);
    setProblem(failure);
    return failure === null;
  };
  const save = async () => {
    const wanted = own.current.text ?? "";
    if (!wanted.trim()) return setProblem("A message needs some text. To take it back, use Withdraw.");
    if (wanted === message.content || await attempt(() => editQueued(message.id, wanted))) close();
  };
  /** @param {KeyboardEvent} event */
  const key = (event) => {
    if (event.key === "Escape") close();
    else if (event.key === "Enter" && !event.shiftKey && !event.isComposing) void save();
    else return;
    event.preventDefault();
  };

  return html`
    <li class="queued" data-message-in-queue=${message.id}>
      ${text === null ? html`
        <p class="plain">${message.content}</p>
        <span class="queued-actions">
          <button type="button" class="icon-button" ref=${pencil} aria-label="Edit" title="Edit" onClick=${() => setText(message.content)}><${Icon} name="pencil" /></button>
          <button type="button" class="icon-button" aria-label="Withdraw" title="Withdraw" disabled=${isBusy} onClick=${() => attempt(() => withdrawQueued(message.id))}><${Icon} name="trash" /></button>
        </span>` : html`
        <textarea class="input" rows="2" aria-label="Change what is queued" value=${text} onKeyDown=${key}
          ref=${(/** @type {HTMLTextAreaElement | null} */ el) => { if (el && !el.dataset.begun) { el.dataset.begun = "true"; el.focus(); } }}
          onInput=${(/** @type {any} */ e) => setText(e.target.value)}></textarea>
        <span class="queued-actions">
          <button type="button" class="button small" onClick=${close}>Cancel</button>
          <button type="button" class="button small primary" disabled=${isBusy} onClick=${save}>Save</button>
        </span>`}
      ${problem && html`<p class="field-error" role="alert">${problem}</p>`}
    </li>`;
}
