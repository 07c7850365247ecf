/** Changes of what is only drawn: notes and groups. None enters a key. */
import type { GraphDocument, Group, Note } from '@radiograph/graph';
import { withField } from './edits.ts';

type Change = (document: GraphDocument) => GraphDocument;
type Fields<T> = { readonly [K in keyof T]?: T[K] | undefined };

const patch = <T extends object>(item: T, fields: Fields<T>): T =>
  // Required fields are never set to undefined by callers.
  Object.fromEntries(
    Object.entries({ ...item, ...fields }).filter(([, value]) => value !== undefined),
  ) as T;

export const addNote =
  (note: Note): Change =>
  (document) => ({ ...document, notes: [...(document.notes ?? []), note] });

export const editNote =
  (id: string, fields: Fields<Note>): Change =>
  (document) =>
    withField(
      document,
      'notes',
      document.notes?.map((note) => (note.id === id ? patch(note, fields) : note)),
    );

/** Puts nodes into a new group; they leave the group that they were in. */
export const addGroup =
  (group: Group): Change =>
  (document) => {
    const members = new Set(group.nodes);
    const others = (document.groups ?? [])
      .map((other) => ({ ...other, nodes: other.nodes.filter((id) => !members.has(id)) }))
      .filter(({ nodes }) => nodes.length > 0);
    return { ...document, groups: [...others, group] };
  };

export const editGroup =
  (id: string, fields: Fields<Group>): Change =>
  (document) =>
    withField(
      document,
      'groups',
      document.groups?.map((group) => (group.id === id ? patch(group, fields) : group)),
    );

/** Dissolves groups; their nodes stay. */
export const removeGroups =
  (ids: ReadonlySet<string>): Change =>
  (document) =>
    withField(
      document,
      'groups',
      document.groups?.filter(({ id }) => !ids.has(id)),
    );
