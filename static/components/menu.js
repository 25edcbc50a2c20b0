// A button that opens a list of things to do. The browser itself closes it: with Escape, and with a press elsewhere.

import { html, useId, useLayoutEffect, useRef, useState } from "../lib.js";
import { Icon } from "./icon.js";

/** From the edge of the window. */
const MARGIN_PX = 8;

/**
 * @typedef {{ label: string, icon?: string, tone?: "bad", checked?: boolean, onSelect: () => void } | { heading: string }} Item
 *   with `checked` it is one of several choices, and the menu stays open
 */

/** @param {{ label: string, icon: string, items: () => Item[], class?: string }} props */
export function Menu({ label, icon, items, class: className = "icon-button" }) {
  const id = useId();
  const button = useRef(/** @type {HTMLButtonElement | null} */ (null));
  const list = useRef(/** @type {HTMLElement | null} */ (null));
  const [isOpen, setOpen] = useState(false);

  useLayoutEffect(() => {
    if (!isOpen || !list.current || !button.current) return;
    place(list.current, button.current.getBoundingClientRect());
    const begin = list.current.querySelector("[aria-checked=true]") ?? list.current.querySelector("button");
    /** @type {HTMLElement | null} */ (begin)?.focus();
  }, [isOpen]);

  /** @param {KeyboardEvent} event */
  const key = (event) => {
    const all = /** @type {HTMLElement[]} */ ([...(list.current?.querySelectorAll("button") ?? [])]);
    const at = all.indexOf(/** @type {HTMLElement} */ (document.activeElement));
    /** @type {Record<string, number>} */
    const places = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 };
    if (event.key === "Tab") list.current?.hidePopover();
    if (places[event.key] === undefined) return;
    event.preventDefault();
    all[(places[event.key] + all.length) % all.length].focus();
  };

  /** @param {any} item */
  const choose = (item) => {
    if (item.checked === undefined) {
      list.current?.hidePopover();
      button.current?.focus();
    }
    item.onSelect();
  };

  return html`
    <button type="button" class=${className} ref=${button} aria-label=${label} title=${label} aria-haspopup="menu" aria-expanded=${isOpen} popovertarget=${id}>
      <${Icon} name=${icon} /></button>
    <div class="menu" id=${id} ref=${list} popover="auto" role="menu" aria-label=${label} onKeyDown=${key}
      onToggle=${(/** @type {any} */ event) => setOpen(event.newState === "open")}>
      ${isOpen && items().map((item) => "heading" in item
        ? html`<p class="menu-heading" role="presentation">${item.heading}</p>`
        : html`<button type="button" role=${item.checked === undefined ? "menuitem" : "menuitemradio"} aria-checked=${item.checked} tabindex="-1"
            data-tone=${item.tone} onClick=${() => choose(item)}>
            <${Icon} name=${item.checked ? "check" : item.icon ?? "none"} />${item.label}</button>`)}
    </div>`;
}

/** Under its button and within the window; above it where there is no room below. @param {HTMLElement} list @param {DOMRect} anchor */
function place(list, anchor) {
  const { width, height } = list.getBoundingClientRect();
  const left = Math.min(anchor.right - width, innerWidth - width - MARGIN_PX);
  const isBelow = anchor.bottom + 4 + height <= innerHeight - MARGIN_PX;
  list.style.left = `${Math.max(MARGIN_PX, left)}px`;
  list.style.top = `${Math.max(MARGIN_PX, isBelow ? anchor.bottom + 4 : anchor.top - 4 - height)}px`;
}
