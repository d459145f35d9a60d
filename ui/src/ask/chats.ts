// The list of conversations: how it is grouped, and what can be done with a line of it.
import type { ChatSummary, ExportFormat } from '../backend';
import { dayGroup, type DayGroup } from '../shared/format';

export interface ChatActions {
  open: (id: number) => void;
  rename: (id: number, title: string) => void;
  pin: (id: number, pinned: boolean) => void;
  export: (chat: ChatSummary, format: ExportFormat) => void;
  /** Saves copies of the documents it cites. */
  highlight: (chat: ChatSummary) => void;
  remove: (id: number) => void;
}

export interface ChatGroup {
  name: 'pinned' | DayGroup;
  chats: ChatSummary[];
}

/** The pinned ones, then the others by day; without groups nothing is in. */
export function chatGroups(chats: readonly ChatSummary[], now = new Date()): ChatGroup[] {
  const of = ({ pinned, updated }: ChatSummary) =>
    pinned ? 'pinned' : dayGroup(new Date(updated), now);
  return (['pinned', 'today', 'yesterday', 'earlier'] as const)
    .map((name) => ({ name, chats: chats.filter((chat) => of(chat) === name) }))
    .filter((group) => group.chats.length > 0);
}
