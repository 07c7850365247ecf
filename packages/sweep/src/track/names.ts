/** Names as other programs take them. */

/** A run's name as the name of a folder. */
export const folderName = (run: string): string => run.replaceAll(/[^A-Za-z0-9=._-]+/g, '_');

/** A key of MLflow: letters, digits, `_`, `-`, `.`, blanks and `/`, at most 250 characters, no empty or dotted part. */
export const keyName = (text: string): string =>
  text
    .replaceAll(/[^\w\-. /]/g, '_')
    .split('/')
    .map((part) => (/^\.*$/.test(part) ? '_' : part))
    .join('/')
    .slice(0, 250);
