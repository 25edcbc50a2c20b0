// Where one writes. Enter sends, Shift+Enter makes a new line, and what is not sent yet is kept per project. While
// something runs, Stop stands in the place of Send, and what is written waits in the queue until it has ended. While only the
// project manager writes, Stop stands beside it.

import { html, useEffect, useLayoutEffect, useRef } from "../lib.js";
import { sendMessage } from "../actions.js";
import { draftOf, setDraft } from "../drafts.js";
import { active, stopping, view } from "../store.js";
import { Icon } from "./icon.js";
import { StopButton, StopWriting } from "./stop-button.js";

/** @param {{ projectId: string }} props */
export function Composer({ projectId }) {
  const box = useRef(/** @type {HTMLTextAreaElement | null} */ (null));
  const draft = draftOf(projectId);
  const running = active.value;
  const isWriting = view.value.draft !== null;
  const canSend = draft.trim().length > 0;

  // An opened project is ready to be written to. Not on a touch screen, where a keyboard would cover half of it, and
  // not when somebody is busy elsewhere on the page.
  useEffect(() => {
    if (document.activeElement === document.body && matchMedia("(pointer: fine)").matches) box.current?.focus();
  }, []);

  // Grows with its text up to the height the style sheet allows.
  useLayoutEffect(() => {
    const el = box.current;
    if (!el) return;
    el.style.height = "auto";
    el.style.height = `${el.scrollHeight + 2}px`;
  }, [draft]);

  const send = (queue = Boolean(running)) => {
    if (!canSend) return;
    sendMessage(draft, { queue });
    setDraft(projectId, "");
    box.current?.focus();
  };
  /** @param {KeyboardEvent} event */
  const key = (event) => {
    // While an input method composes a word, Enter belongs to it.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    if (event.ctrlKey || event.metaKey) send(false);
    else send();
  };
  const submit = (/** @type {Event} */ event) => {
    event.preventDefault();
    send();
  };
  return html`
    <form class="composer" onSubmit=${submit}>
      <div class="composer-box">
        <textarea ref=${box} rows="1" value=${draft} placeholder=${running ? "Write what comes next…" : "Write to the project manager…"} aria-label="Message"
          aria-describedby="composer-hint" onInput=${(/** @type {any} */ e) => setDraft(projectId, e.target.value)} onKeyDown=${key}></textarea>
        <div class="composer-buttons">
          ${running ? html`<${StopButton} running=${running} />` : isWriting && html`<${StopWriting} />`}
          ${running ? canSend && html`
            <button type="submit" class="button primary" title="It waits its turn until nothing runs any more"><${Icon} name="clock" />Queue</button>`
            : html`<button type="submit" class="button primary" disabled=${!canSend}><${Icon} name="send" />Send</button>`}
        </div>
      </div>
      <div class="composer-hint" id="composer-hint"><${Hint} running=${running} canSend=${canSend} sendNow=${() => send(false)} /></div>
    </form>`;
}

/** @param {{ running: import("../execution.js").Execution | null, canSend: boolean, sendNow: () => void }} props */
function Hint({ running, canSend, sendNow }) {
  const wish = running && stopping.value[running.id];
  if (wish?.problem) return html`<p>Not stopped yet: the server could not be asked. It will be, as soon as it answers.</p>`;
  if (view.value.chat && view.value.chat.phase !== "live") return html`<p>Not connected just now. What you send is kept and goes out as soon as the server is back.</p>`;
  if (running && canSend) return html`<p><span class="composer-keys"><kbd>Enter</kbd> queues it until this has ended. </span><button type="button" class="link" onClick=${sendNow}
    title="Ctrl+Enter">Send it now instead</button></p>`;
  return html`<p class="composer-keys"><kbd>Enter</kbd> ${running ? "queues" : "sends"}, <kbd>Shift</kbd> <kbd>Enter</kbd> starts a new line</p>`;
}
