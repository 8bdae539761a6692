// The field that a query is written in: CodeMirror in a shadow root, where its style sheets are adopted ones, which the
// Content-Security-Policy of the site allows, as it does not allow <style> elements.

import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap, completionStatus } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab, isolateHistory } from "@codemirror/commands";
import { bracketMatching, HighlightStyle, indentService, indentUnit, LanguageSupport, syntaxHighlighting } from "@codemirror/language";
import { EditorState, StateEffect, StateField } from "@codemirror/state";
import { Decoration, drawSelection, EditorView, keymap, lineNumbers, tooltips } from "@codemirror/view";
import { styleTags, tags } from "@lezer/highlight";
import { SparqlLanguage } from "codemirror-lang-sparql";

import { completions, declaring } from "./complete.js";

const HINT = "Ctrl with Enter runs the query. Escape and then Tab leaves this field.";

// The grammar leaves prefixed names and language tags without a style.
const language = SparqlLanguage.configure({
  props: [styleTags({ "Pname_ln Pname_ns A_predicate": tags.name, Langtag: tags.annotation, IriRef: tags.url })],
});

const colours = HighlightStyle.define([
  { tag: tags.keyword, color: "var(--code-keyword)" },
  { tag: [tags.name, tags.url, tags.namespace, tags.typeName], color: "var(--code-name)" },
  { tag: tags.variableName, color: "var(--code-variable)" },
  { tag: [tags.string, tags.annotation, tags.number, tags.bool], color: "var(--code-literal)" },
  { tag: tags.comment, color: "var(--soft)", fontStyle: "italic" },
]);

const theme = EditorView.theme({
  "&": { backgroundColor: "var(--tint)", border: "1px solid var(--soft)", borderRadius: "3px", color: "var(--ink)" },
  "&.cm-focused": { outline: "2px solid var(--link)", outlineOffset: "2px" },
  ".cm-scroller": { fontFamily: "var(--mono)", fontSize: "0.84375rem", lineHeight: "1.5", maxHeight: "60vh", overflow: "auto" },
  ".cm-content": { minHeight: "var(--editor-height, 10rem)", padding: "0.8rem 0", caretColor: "var(--ink)" },
  ".cm-cursor": { borderLeftColor: "var(--ink)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": {
    backgroundColor: "var(--code-selection)",
  },
  ".cm-gutters": { backgroundColor: "var(--tint)", border: "none", color: "var(--soft)" },
  ".cm-gutterElement": { minWidth: "2.2em" },
  "&.cm-focused .cm-matchingBracket, .cm-matchingBracket": { backgroundColor: "var(--code-selection)", outline: "1px solid var(--soft)" },
  "&.cm-focused .cm-nonmatchingBracket": { backgroundColor: "transparent", outline: "1px solid var(--mark)" },
  ".cm-faulty-line": { backgroundColor: "var(--code-faulty)" },
  ".cm-faulty": { textDecoration: "underline wavy var(--mark)", textUnderlineOffset: "0.2em" },
  ".cm-tooltip": { backgroundColor: "var(--paper)", border: "1px solid var(--soft)", color: "var(--ink)" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul": { fontFamily: "var(--mono)", fontSize: "0.8125rem", maxHeight: "none", maxWidth: "min(40rem, 92vw)", overflow: "hidden" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li": { lineHeight: "1.5", padding: "0.15rem 0.6rem" },
  ".cm-tooltip-autocomplete ul li[aria-selected]": { backgroundColor: "var(--link)", color: "var(--paper)" },
  ".cm-completionDetail": { fontFamily: "var(--sans)", fontStyle: "normal", marginLeft: "1em" },
  ".cm-completionMatchedText": { fontWeight: "600", textDecoration: "none" },
});

// A line is indented as the one before it, one step more after an opening bracket and one less before a closing one.
const indentation = indentService.of((context, position) => {
  const line = context.lineAt(position);
  if (line.from === 0) return 0;
  const before = context.lineAt(line.from - 1);
  const step = /[{(]\s*$/.test(before.text) ? context.unit : 0;
  const back = /^\s*[})]/.test(context.textAfterPos(position)) ? context.unit : 0;
  return Math.max(0, context.lineIndent(before.from) + step - back);
});

const setFault = StateEffect.define();
const fault = StateField.define({
  create: () => Decoration.none,
  update(marks, change) {
    const told = change.effects.find((effect) => effect.is(setFault));
    if (told) return told.value === null ? Decoration.none : faultMarks(change.state.doc, told.value);
    return change.docChanged ? Decoration.none : marks;
  },
  provide: (field) => EditorView.decorations.from(field),
});

function faultMarks(doc, position) {
  const line = doc.lineAt(position);
  const token = line.text.slice(position - line.from).match(/^(?:[\w?$:<>.-]+|.)/)?.[0] ?? "";
  const from = token ? position : Math.max(line.from, position - 1);
  const to = token ? position + token.length : position;
  const marks = [Decoration.line({ class: "cm-faulty-line" }).range(line.from)];
  if (to > from) marks.push(Decoration.mark({ class: "cm-faulty" }).range(from, to));
  return Decoration.set(marks);
}

/**
 * Put a field into `host`; return `{text, focus, replace(text), showFault(line, column), clearFault()}`.
 *
 * `label` is its name for screen readers; `vocabulary` gives a promise of what terms.json holds, `known` its prefixes if they
 * are there already; `onRun` is called for Control+Enter and `onFocus` when the field is entered.
 */
export function queryField(host, { text, label, vocabulary, known, onRun, onFocus }) {
  const root = host.attachShadow({ mode: "open" });
  const hint = document.createElement("p");
  hint.id = "hint";
  hint.hidden = true;
  hint.textContent = HINT;
  root.append(hint);
  const view = new EditorView({
    parent: root,
    root,
    state: EditorState.create({
      doc: text,
      extensions: [
        keymap.of([
          { key: "Mod-Enter", run: () => (onRun(), true) },
          { key: "Escape", run: (view) => completionStatus(view.state) === null && (view.setTabFocusMode(true), true) },
        ]),
        new LanguageSupport(language),
        lineNumbers(),
        history(),
        drawSelection(),
        bracketMatching(),
        closeBrackets(),
        indentUnit.of("  "),
        indentation,
        fault,
        declaring(known),
        autocompletion({ override: [completions(vocabulary)], icons: false, defaultKeymap: false, maxRenderedOptions: 10 }),
        tooltips({ position: "fixed" }),
        keymap.of([...completionKeymap, ...closeBracketsKeymap, ...defaultKeymap, ...historyKeymap, indentWithTab]),
        syntaxHighlighting(colours),
        theme,
        EditorView.lineWrapping,
        EditorView.contentAttributes.of({ "aria-label": label, "aria-describedby": "hint" }),
        // Tab leaves the field once Escape was pressed, until one writes again.
        EditorView.updateListener.of((update) => update.docChanged && update.view.setTabFocusMode(false)),
        EditorView.domEventHandlers({ beforeinput: typeOver, focus: onFocus, blur: (_event, view) => view.setTabFocusMode(false) }),
      ],
    }),
  });
  return {
    get text() {
      return view.state.doc.toString();
    },
    focus: () => view.focus(),
    replace(text) {
      const changes = { from: 0, to: view.state.doc.length, insert: text };
      // By itself, or undo would take what was written just before along with it.
      view.dispatch({ changes, selection: { anchor: 0 }, scrollIntoView: true, annotations: isolateHistory.of("full") });
    },
    showFault(line, column) {
      const position = positionOf(view.state.doc, line, column);
      view.dispatch({ effects: setFault.of(position), selection: { anchor: position }, scrollIntoView: true });
    },
    clearFault: () => view.dispatch({ effects: setFault.of(null) }),
  };
}

// Chromium types over a selection in a styled element of its own, whose style the policy would refuse and report.
function typeOver(event, view) {
  const { from, to, empty } = view.state.selection.main;
  if (empty || event.inputType !== "insertText" || event.isComposing || !event.data) return false;
  event.preventDefault();
  const change = () => view.state.update(view.state.replaceSelection(event.data), { userEvent: "input.type", scrollIntoView: true });
  const handlers = view.state.facet(EditorView.inputHandler);
  if (!handlers.some((handle) => handle(view, from, to, event.data, change))) view.dispatch(change());
  return true;
}

// The server counts characters, CodeMirror units of UTF-16.
function positionOf(doc, number, column) {
  const line = doc.line(Math.min(Math.max(1, number), doc.lines));
  return line.from + [...line.text].slice(0, Math.max(0, column - 1)).join("").length;
}
