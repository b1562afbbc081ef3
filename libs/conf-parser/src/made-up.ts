/** What is no literal: a wildcard, a token of a dashboard, a variable, a macro, a call, a form to be filled in. */
const NO_LITERAL = /[*`()[\]<>{}\\]|\$[^$\s]{1,64}\$|\$$|^\$[A-Z\d_]+$|^%\w+%$/;
/** A file or folder, whose names have small letters, where Base64 has capitals as well; or an address. */
const PLACE = /^(?:~|\.{0,2})(?:\/[a-z\d_.@-]+){2,}\/?$|:\/\//;
/** Letters and digits, and so many of them. */
const MIXED = /^(?=[^\d]*\d)(?=[^a-z]*[a-z]).{6,}$/i;

/** Whether a text was made up by hand or machine, as a secret is: it is not the mere word, and stands for nothing else. */
export function isMadeUp(text: string): boolean {
  return MIXED.test(text) && !NO_LITERAL.test(text) && !PLACE.test(text);
}
