// Every word of putting a scope together in English.

export const scope = {
  'scope.filter': 'Filter libraries and documents',
  'scope.everything': 'Everything',
  'scope.list': 'Libraries and documents',
  'scope.none': 'No library and no document has this name.',
  'scope.libraries_one': '{{count}} library',
  'scope.libraries_other': '{{count}} libraries',
  'scope.documents_one': '{{count}} document',
  'scope.documents_other': '{{count}} documents',
  'scope.expanded':
    'Whole libraries stand here as the documents they have now. What is added to them later is not looked in.',
};
