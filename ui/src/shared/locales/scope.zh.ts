// Every word of putting a scope together in Chinese.
import type { scope as en } from './scope.en';

type Keys = Exclude<keyof typeof en, `${string}_one`>;

export const scope: Record<Keys, string> = {
  'scope.filter': '筛选文库和文档',
  'scope.everything': '全部',
  'scope.list': '文库和文档',
  'scope.none': '没有名称相符的文库或文档。',
  'scope.libraries_other': '{{count}} 个文库',
  'scope.documents_other': '{{count}} 份文档',
  'scope.expanded': '所选文库按现有的文档计入，以后添加的文档不在此范围内。',
};
