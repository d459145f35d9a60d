// Libraries that live: folders they follow, files that change, libraries carried as files, connections.
export const living = {
  'reader.earlier': 'This is how the page read when it was quoted. The file has changed since.',
  'reader.now': 'Show it as it is now',
  'reader.quoted_here': 'quoted here:',
  'reader.copied_from': '[{{title}}, p. {{page}}]',
  'reader.page_missing': 'There is no text of this page.',
  'folders.open': 'Folders it follows…',
  'folders.title': 'Folders that “{{name}}” follows',
  'folders.what':
    'What is added to these folders is read, what is changed is read again, and what is moved stays the document it is. What is gone is kept until you remove it.',
  'folders.add': 'Follow a folder…',
  'folders.drop': 'Stop following',
  'folders.gone_one': '{{count}} file is gone and kept:',
  'folders.gone_other': '{{count}} files are gone and kept:',

  'library.order': 'Order',
  'library.order_added': 'As added',
  'library.order_newest': 'Newest first',
  'library.order_title': 'By title',
  'library.folder': 'Folder',
  'library.all_folders': 'All folders',
  'library.selected_one': '{{count}} selected',
  'library.selected_other': '{{count}} selected',
  'library.ask_selected': 'Ask these',
  'library.remove_several_question':
    'Remove {{count}} documents from Yinju? The files stay where they are.',
  'document.select': 'Select',
  'document.unselect': 'Select no longer',

  'review.line_one': '{{count}} quotation no longer stands as shown',
  'review.line_other': '{{count}} quotations no longer stand as shown',
  'review.title': 'Quotations whose files changed',
  'review.what':
    'These files were read again since you asked. Answers keep the words they were given on; here is what became of these.',
  'review.none': 'Every quotation stands as it was shown.',
  'review.moved': 'Moved from page {{before}} to page {{page}}',
  'review.changed': 'Changed on page {{page}}',
  'review.gone': 'No longer there (was on page {{before}})',
  'review.show': 'Show where it stands',
  'review.ask': 'Ask again',

  'carry.export': 'Save as one file…',
  'carry.import': 'Open a library file…',
  'carry.title': 'Save “{{name}}” as one file',
  'carry.what':
    'On another machine the file opens as this library without anything being computed again. It holds the pages’ text, what was made of it, and the conversations about these documents alone.',
  'carry.originals': 'With the documents’ files',
  'carry.save': 'Save…',
  'carry.saved_one': '{{count}} document is in {{file}}.',
  'carry.saved_other': '{{count}} documents are in {{file}}.',
  'carry.missing_one': '{{count}} file was not where it was, or has changed, and is not in it:',
  'carry.missing_other':
    '{{count}} files were not where they were, or have changed, and are not in it:',
  'carry.came_one': '“{{name}}” is here with {{count}} document.',
  'carry.came_other': '“{{name}}” is here with {{count}} documents.',
  'carry.damaged_one': '{{count}} part was damaged and is left out: {{names}}',
  'carry.damaged_other': '{{count}} parts were damaged and are left out: {{names}}',

  'ledger.open': 'Connections…',
  'ledger.title': 'Connections',
  'ledger.what':
    'Every connection Yinju makes is written down before it is made. Your documents and questions are in none of them: all it fetches is models.',
  'ledger.none': 'Nothing has left this machine, and nothing came to it.',
  'ledger.since': 'Nothing has left this machine since {{when}}.',
  'ledger.air_gapped': 'Make no connection at all',
  'ledger.air_gapped_hint': 'Models then come from files on this machine alone.',
  'ledger.failed': 'failed',
};
