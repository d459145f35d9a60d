// 随文件变化的文库：关注的文件夹、改动过的文件、打包的文库、网络连接。
import type { living as en } from './living.en';

type Keys = Exclude<keyof typeof en, `${string}_one`>;

export const living: Record<Keys, string> = {
  'reader.earlier': '这是引用时的文字，文件在那之后改动过。',
  'reader.now': '看现在的内容',
  'reader.quoted_here': '引文：',
  'reader.copied_from': '[{{title}}，第 {{page}} 页]',
  'reader.follow': '到第 {{page}} 页',
  'reader.page_missing': '这一页没有文字。',
  'folders.open': '关注的文件夹…',
  'folders.title': '“{{name}}”关注的文件夹',
  'folders.what':
    '加进这些文件夹的文件会自动读入，改动的会重读，移动的仍是原来的文档。删掉的文件会保留其内容，直到你移除。',
  'folders.add': '关注一个文件夹…',
  'folders.drop': '不再关注',
  'folders.gone_other': '{{count}} 个文件已不在，内容仍保留：',

  'library.order': '排序',
  'library.order_added': '按加入顺序',
  'library.order_newest': '新加入的在前',
  'library.order_title': '按标题',
  'library.folder': '文件夹',
  'library.all_folders': '所有文件夹',
  'library.selected_other': '已选 {{count}} 份',
  'library.ask_selected': '只问这些',
  'library.remove_several_question': '从引据中移除 {{count}} 份文档？文件仍在原处。',
  'document.select': '选中',
  'document.unselect': '不再选中',

  'review.line_other': '{{count}} 处引文与原先不同了',
  'review.title': '文件改动后的引文',
  'review.what': '这些文件在提问之后重新读过。回答仍保留当时的原文，这里列出这些引文现在的情况。',
  'review.none': '所有引文都与原先一致。',
  'review.moved': '从第 {{before}} 页移到了第 {{page}} 页',
  'review.changed': '第 {{page}} 页的文字改了',
  'review.gone': '已经没有了（原在第 {{before}} 页）',
  'review.show': '看现在的位置',
  'review.ask': '重新提问',

  'carry.export': '存成一个文件…',
  'carry.import': '打开文库文件…',
  'carry.title': '把“{{name}}”存成一个文件',
  'carry.what':
    '在另一台电脑上打开就是这个文库，不用重新计算。文件里有各页的文字、由此得出的内容，以及只涉及这些文档的对话。',
  'carry.originals': '连同文档的原文件',
  'carry.save': '保存…',
  'carry.saved_other': '{{count}} 份文档已存入 {{file}}。',
  'carry.missing_other': '{{count}} 个文件已不在原处或已改动，没有放进去：',
  'carry.came_other': '“{{name}}”已打开，有 {{count}} 份文档。',
  'carry.damaged_other': '{{count}} 部分已损坏，没有读入：{{names}}',

  'ledger.open': '网络连接…',
  'ledger.title': '网络连接',
  'ledger.what': '每一次连接都会先记下来再进行。文档和问题从不在其中：联网只为下载模型。',
  'ledger.none': '没有任何内容离开过这台电脑，也没有下载过什么。',
  'ledger.since': '自 {{when}} 起，没有任何内容离开过这台电脑。',
  'ledger.air_gapped': '完全不联网',
  'ledger.air_gapped_hint': '模型只从这台电脑上的文件读入。',
  'ledger.failed': '失败',
};
