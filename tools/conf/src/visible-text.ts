/**
 * Control characters would move the cursor or colour the terminal: all but tabs are shown as their symbols, or as U+FFFD where
 * they have none.
 */
export function visibleText(text: string): string {
  return text.replace(/[\0-\x08\n-\x1f\x7f-\x9f]/g, (control) => {
    if (control > '\x7f') return '\ufffd';
    return control === '\x7f' ? '\u2421' : String.fromCharCode(0x2400 + control.charCodeAt(0));
  });
}
