// The one file that imports vendored code: everything else takes Preact, htm, signals and the Markdown parts from
// here, so that replacing one of them is a change to this file alone. (The highlighter, which most pages never load, is
// imported by highlight.js.)

import { Component, h, render, Fragment } from "./vendor/preact.js";
import htm from "./vendor/htm.js";

export { h, render, Fragment };
export const html = htm.bind(h);
export { useEffect, useLayoutEffect, useMemo, useRef, useState, useCallback, useId } from "./vendor/hooks.js";
export { signal, computed, effect, batch, untracked, useSignal, useComputed, useSignalEffect } from "./vendor/signals.js";
export { Marked } from "./vendor/marked.js";
export { default as DOMPurify } from "./vendor/dompurify.js";

/**
 * A component that draws again only when a prop is another value. Long lists need it: a step that has not changed
 * costs nothing when the next one arrives. Signals read inside still redraw it.
 * @param {(props: any) => any} component
 */
export function memo(component) {
  return class extends Component {
    /** @param {any} next */
    shouldComponentUpdate(next) {
      const props = /** @type {any} */ (this).props;
      return Object.keys({ ...props, ...next }).some((key) => props[key] !== next[key]);
    }
    /** @param {any} props */
    render(props) {
      return h(component, props);
    }
  };
}
