"""A window that files can be dragged out of: `drag.py X Y FILE...`; see desktop.mjs."""

import pathlib
import sys

import gi

gi.require_version("Gdk", "3.0")
gi.require_version("Gtk", "3.0")
from gi.repository import Gdk, Gtk  # noqa: E402

x, y, *files = sys.argv[1:]
source = Gtk.Window(type=Gtk.WindowType.POPUP)
source.set_default_size(60, 40)
source.move(int(x), int(y))
box = Gtk.EventBox()
box.add(Gtk.Label(label="files"))
box.drag_source_set(Gdk.ModifierType.BUTTON1_MASK, [], Gdk.DragAction.COPY)
box.drag_source_add_uri_targets()
uris = [pathlib.Path(file).resolve().as_uri() for file in files]
box.connect("drag-data-get", lambda _w, _c, data, _i, _t: data.set_uris(uris))
box.connect("drag-end", lambda *_: Gtk.main_quit())
source.add(box)
source.show_all()
print("ready", flush=True)
Gtk.main()
