// Where one writes. Enter sends, Shift+Enter makes a new line, and what is not sent yet is kept per project.

import { html, useEffect, useLayoutEffect, useRef } from "../lib.js";
import { sendMessage, stopCommand } from "../actions.js";
import { draftOf, setDraft } from "../drafts.js";
import { active, view } from "../store.js";
import { commandWords } from "../words.js";
import { Icon } from "./icon.js";

/** @param {{ projectId: string }} props */
export function Composer({ projectId }) {
  const box = useRef(/** @type {HTMLTextAreaElement | null} */ (null));
  const draft = draftOf(projectId);
  const running = active.value;
  const isConnected = view.value.chat?.phase === "live";
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

  const send = () => {
    if (!canSend) return;
    sendMessage(draft);
    setDraft(projectId, "");
    box.current?.focus();
  };
  /** @param {KeyboardEvent} event */
  const key = (event) => {
    // While an input method composes a word, Enter belongs to it.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    send();
  };
  const submit = (/** @type {Event} */ event) => {
    event.preventDefault();
    send();
  };
  return html`
    <form class="composer" onSubmit=${submit}>
      <div class="composer-box">
        <textarea ref=${box} rows="1" value=${draft} placeholder="Write to the project manager…" aria-label="Message"
          onInput=${(/** @type {any} */ e) => setDraft(projectId, e.target.value)} onKeyDown=${key}></textarea>
        <div class="composer-buttons">
          ${running && html`
            <button type="button" class="button danger" onClick=${() => stopCommand(running.id)} title=${`Stop: ${commandWords(running.command).title}`}>
              <${Icon} name="stop" />Stop</button>`}
          ${(!running || canSend) && html`
            <button type="submit" class="button primary" disabled=${!canSend}><${Icon} name="send" />Send</button>`}
        </div>
      </div>
      <p class="composer-hint">${isConnected || !view.value.chat ? html`<kbd>Enter</kbd> sends, <kbd>Shift</kbd> <kbd>Enter</kbd> starts a new line`
        : "Not connected just now. What you send is kept and goes out as soon as the server is back."}</p>
    </form>`;
}
