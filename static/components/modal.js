// What lies over the page until it is closed: by Escape, by its button, or by a press beside it. The focus goes back to
// where it was.

import { html, useLayoutEffect, useRef } from "../lib.js";
import { closeDialog } from "../store.js";

/** @param {{ label?: string, labelledBy?: string, kind: string, children: any }} props */
export function Modal({ label, labelledBy, kind, children }) {
  const dialog = useRef(/** @type {HTMLDialogElement | null} */ (null));
  const isGone = useRef(false);
  // Before anything is drawn: what is typed right after the key that opened it is meant for it.
  useLayoutEffect(() => {
    const el = dialog.current;
    const opener = /** @type {HTMLElement | null} */ (document.activeElement);
    el?.showModal();
    return () => {
      isGone.current = true;
      // While it is open nothing else can have the focus.
      el?.close();
      opener?.focus();
    };
  }, []);
  return html`
    <dialog class=${`dialog ${kind}`} ref=${dialog} aria-label=${label} aria-labelledby=${labelledBy} onClose=${() => { if (!isGone.current) closeDialog(); }}
      onPointerDown=${(/** @type {Event} */ e) => { if (e.target === dialog.current) closeDialog(); }}>${children}</dialog>`;
}
