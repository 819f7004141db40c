"""Everything a person can do, once: name, keys, label, help.

Bindings, footer, help screen, command palette and README's key table are made
from this list. An action `disconnect-all` is the method `action_disconnect_all`
of the screen named by its place. Nothing here knows how anything is done.
"""

from enum import StrEnum

from msgspec import Struct


class Place(StrEnum):
    """Where keys work."""

    MAIN = "main"
    COMPOSER = "composer"
    FILTER = "filter"
    MESSAGE = "message"
    CLIENT = "client"
    PLOT = "plot"
    COMPARE = "compare"
    DIALOGUE = "dialogue"
    LISTENERS = "listeners"
    LIMITS = "limits"
    RECEIPT = "receipt"
    JOBS = "jobs"
    RULES = "rules"
    EDITOR = "editor"


class Group(StrEnum):
    """Headings of the help screen and of README."""

    MOVE = "Move"
    CLIENTS = "Clients"
    MESSAGES = "Messages"
    WINDOW = "Window"
    COMPOSER = "Composer"
    FILTER = "Filter"
    MESSAGE = "One message"
    CLIENT = "One client"
    PLOT = "Plots"
    COMPARE = "Two messages side by side"
    DIALOGUE = "Two clients side by side"
    LISTENERS = "Listeners"
    LIMITS = "Limits and access"
    RECEIPT = "Who got it"
    JOBS = "Jobs"
    RULES = "Rules"
    EDITOR = "Rules as text"


class Action(Struct, frozen=True):
    """Something a person can do.

    keys: as Textual names them, the first one is shown. label: a word or two for
    the footer; title: for the palette; help: one sentence. footer: lower stands
    further left and goes last when there is no room, 0 = not there. pane: the
    only pane with which it makes sense, "" = any. palette: whether it stands there.
    """

    id: str
    keys: tuple[str, ...]
    label: str
    title: str
    help: str
    group: Group
    place: Place = Place.MAIN
    footer: int = 0
    pane: str = ""
    palette: bool = True

    @property
    def method(self) -> str:
        """The action as Textual calls it."""
        return self.id.replace("-", "_")

    @property
    def shown_key(self) -> str:
        """The first key as people write it."""
        return shown_key(self.keys[0])


_SHOWN = {
    "backspace": "bksp", "enter": "enter", "escape": "esc", "space": "space", "asterisk": "*",
    "slash": "/", "backslash": "\\", "question_mark": "?", "left_square_bracket": "[",
    "right_square_bracket": "]", "plus": "+", "minus": "-", "equals_sign": "=",
    "left": "←", "right": "→", "up": "↑", "down": "↓", "shift+left": "⇧←", "shift+right": "⇧→",
    "pageup": "pgup", "pagedown": "pgdn", "shift+tab": "⇧tab",
}  # fmt: skip


def shown_key(key: str) -> str:
    """Return a key of Textual's as people write it: "^p", "*", "F1"."""
    if key in _SHOWN:
        return _SHOWN[key]
    if key.startswith("ctrl+"):
        return "^" + key[5:]
    return key.upper() if key[0] == "f" and key[1:].isdigit() else key


def _main(
    id: str, keys: str, label: str, title: str, help: str, group: Group,
    footer: int = 0, pane: str = "", palette: bool = True,
) -> Action:  # fmt: skip
    return Action(
        id, tuple(keys.split()), label, title, help, group, Place.MAIN, footer, pane, palette
    )


ACTIONS: tuple[Action, ...] = (
    _main("next-pane", "tab", "Next pane", "Next pane", "go to the next pane", Group.MOVE, palette=False),
    _main("previous-pane", "shift+tab", "Pane before", "Previous pane",
          "go to the pane before", Group.MOVE, palette=False),
    _main("clients-pane", "1", "Clients", "Go to the clients", "go to the client table", Group.MOVE),
    _main("messages-pane", "2", "Messages", "Go to the messages", "go to the message log", Group.MOVE),
    _main("composer-pane", "3", "Composer", "Go to the composer",
          "write to the marked clients, or to the row's", Group.MOVE),
    _main("up", "up k", "Up", "Up", "one row up", Group.MOVE, palette=False),
    _main("down", "down j", "Down", "Down", "one row down", Group.MOVE, palette=False),
    _main("page-up", "pageup", "Page up", "Page up", "one screenful up", Group.MOVE, palette=False),
    _main("page-down", "pagedown", "Page down", "Page down", "one screenful down", Group.MOVE,
          palette=False),
    _main("first", "g home", "First", "First row", "go to the first row", Group.MOVE),
    _main("last", "G end", "Last", "Last row", "go to the last row; in the log, follow it", Group.MOVE),
    _main("open", "enter", "Open", "Open", "a client: only its messages; a message: all of it",
          Group.MOVE, footer=1),
    _main("back", "escape", "Back", "Back", "one step back: zoom, filter, one client, view, marks",
          Group.MOVE),

    _main("examine", "i", "Details", "All of one client",
          "all that is known of the client, also by the kernel", Group.CLIENTS, footer=10),
    _main("send", "s", "Send", "Send to the client",
          "write to the marked clients, or to the row's", Group.CLIENTS, footer=2),
    _main("broadcast", "b", "Broadcast", "Broadcast to all",
          "write to all clients, or to all that the filter shows", Group.CLIENTS, footer=3),
    _main("saved", "f2", "Saved message", "Send the first saved message",
          "send a saved message at once, F2 to F12", Group.CLIENTS),
    _main("repeat", "r", "Repeat", "Repeat a payload",
          "send a payload again and again", Group.CLIENTS, footer=18),
    _main("send-file", "S", "Send file", "Send a file", "send the bytes of a file", Group.CLIENTS),
    _main("disconnect", "d", "Disconnect", "Disconnect",
          "send what is queued, then FIN: marked ones, or the row",
          Group.CLIENTS, footer=4, pane="clients"),
    _main("disconnect-how", "D", "Close or reset", "Disconnect: close or reset",
          "as d, but choose between FIN and RST", Group.CLIENTS),
    _main("disconnect-all", "X", "Disconnect all", "Disconnect all clients",
          "close every client, after asking", Group.CLIENTS),
    _main("refuse", "B", "Refuse", "Refuse callers from there",
          "let in nobody more from the client's address, or network", Group.CLIENTS,
          footer=12, pane="clients"),
    _main("name", "t", "Name", "Name the client",
          "name the marked clients, or the row's", Group.CLIENTS),
    _main("silence", "A", "Silence", "Alarm for silence",
          "say so when a client is silent for too long", Group.CLIENTS),
    _main("mark", "space", "Mark", "Mark or unmark", "mark or unmark the client of the row",
          Group.CLIENTS, footer=6, pane="clients"),
    _main("mark-all", "asterisk", "Mark all", "Mark all clients", "mark all open clients",
          Group.CLIENTS),
    _main("unmark", "u", "Unmark", "Unmark all", "take all marks away", Group.CLIENTS),
    _main("sort", "o", "Sort", "Sort by the next column",
          "sort by the next column; or click a heading", Group.CLIENTS),
    _main("reverse", "O", "Reverse", "Turn the order round", "turn the order round", Group.CLIENTS),
    _main("clear-closed", "C", "Clear closed", "Clear closed clients",
          "drop closed clients from the table, not their messages", Group.CLIENTS),

    _main("only-this", "f", "Only this", "Only this client's messages",
          "show only the messages of this client", Group.MESSAGES, footer=13, pane="messages"),
    _main("framing", "m", "Cut", "Cut into messages",
          "choose how what is read is cut into messages", Group.MESSAGES, footer=7, pane="messages"),
    _main("follow", "F", "Follow", "Follow or hold still",
          "follow the newest message, or hold still", Group.MESSAGES, footer=14, pane="messages"),
    _main("form", "x", "Hex", "Text, hex, both or decoded", "show payloads as text, hex, both, or decoded",
          Group.MESSAGES, footer=8),
    _main("times", "T", "Times", "Form of times",
          "clock, since the line above, both, since start, date", Group.MESSAGES),
    _main("copy", "y", "Copy", "Copy", "copy the row's message, or the client's address",
          Group.MESSAGES, footer=9),
    _main("compare", "v", "Compare", "Compare",
          "two messages: v on each; two clients: mark them, then v", Group.MESSAGES),
    _main("copy-as", "Y", "Copy as", "Copy the message as",
          "copy it as hex, as a literal of C, Python, Go, Rust …", Group.MESSAGES),
    _main("export", "w", "Export", "Export to a file",
          "write messages to a file: text, hex, JSON, raw", Group.MESSAGES),
    _main("receipt", "W", "Who got it", "Who got it",
          "who has what was sent, who waits for it, who does not", Group.MESSAGES),
    _main("plot", "P", "Plots", "Plots", "see rates, gaps and numbers out of messages",
          Group.MESSAGES),
    _main("clear-log", "ctrl+l", "Clear view", "Clear the log's view",
          "empty the log; esc brings the old messages back", Group.MESSAGES),

    _main("pause", "p", "Pause", "Pause the screen", "freeze what is shown; the server goes on",
          Group.WINDOW, footer=15),
    _main("hints", "H", "Hints", "Hints on or off", "tell what was noticed in clients, or do not",
          Group.WINDOW),
    _main("zoom", "z", "Zoom", "Zoom the pane", "give the whole screen to one pane", Group.WINDOW),
    _main("listeners", "l", "Listeners", "Listeners", "see, add and stop listeners", Group.WINDOW,
          footer=16),
    _main("limits", "L", "Limits", "Limits and access",
          "see what is allowed, and say who may connect", Group.WINDOW, footer=17),
    _main("jobs", "J", "Jobs", "Jobs", "see what is being sent over a while, and stop it",
          Group.WINDOW, footer=19),
    _main("rules", "R", "Rules", "Rules", "see, write and try the rules that answer clients",
          Group.WINDOW, footer=20),
    _main("palette", "ctrl+p", "Commands", "Commands", "search every command", Group.WINDOW,
          footer=100, palette=False),
    _main("help", "question_mark f1", "Help", "Help", "show all keys", Group.WINDOW, footer=101),
    _main("quit", "q ctrl+q", "Quit", "Quit", "end tcpmon; asks if clients are connected",
          Group.WINDOW, footer=102),
    _main("interrupt", "ctrl+c", "Quit", "Interrupt", "twice within two seconds: end tcpmon",
          Group.WINDOW, palette=False),

    Action("submit", ("enter",), "Send", "Send", "send what is written, with the line end",
           Group.COMPOSER, Place.COMPOSER, footer=1, palette=False),
    Action("leave", ("escape",), "Leave", "Leave the composer", "leave, the text stays",
           Group.COMPOSER, Place.COMPOSER, footer=2, palette=False),
    Action("kind", ("ctrl+t",), "Text/hex", "Text or hex", "write text with escapes, or hex",
           Group.COMPOSER, Place.COMPOSER, footer=3, palette=False),
    Action("line-end", ("ctrl+n",), "Line end", "Line end", "what is added: LF, CRLF, CR, NUL, nothing",
           Group.COMPOSER, Place.COMPOSER, footer=4, palette=False),
    Action("recall", ("ctrl+r",), "Recall", "Recall", "choose from what was saved or sent before",
           Group.COMPOSER, Place.COMPOSER, footer=6, palette=False),
    Action("whom", ("ctrl+g",), "To whom", "To whom", "write to others: marked, all, by a filter",
           Group.COMPOSER, Place.COMPOSER, footer=7, palette=False),
    Action("repeat", ("ctrl+o",), "Repeat", "Repeat", "send what is written again and again",
           Group.COMPOSER, Place.COMPOSER, footer=8, palette=False),
    Action("file", ("ctrl+s",), "File", "Send a file", "send a file to the same, all or by a filter too",
           Group.COMPOSER, Place.COMPOSER, footer=9, palette=False),
    Action("language", ("f1",), "Help", "What can be written", "show what can be written: \\r, ${now}, ${crc32: x}",
           Group.COMPOSER, Place.COMPOSER, footer=100, palette=False),
    Action("saved", ("f2",), "Saved message", "Saved message",
           "write a saved message, F2 to F12; enter sends it",
           Group.COMPOSER, Place.COMPOSER, palette=False),
    Action("older", ("up",), "History", "Older", "what was sent before", Group.COMPOSER,
           Place.COMPOSER, footer=5, palette=False),
    Action("newer", ("down",), "Newer", "Newer", "what was sent after that", Group.COMPOSER,
           Place.COMPOSER, palette=False),

    _main("filter", "slash", "Filter", "Filter the pane",
          "show only rows that match, as: state:open rx>1MB gps", Group.FILTER, footer=5),
    _main("filter-clear", "backslash", "No filter", "Clear the filter", "show all again", Group.FILTER),
    _main("find", "ctrl+f", "Find", "Find in the log",
          "look for messages that match, without hiding the others", Group.FILTER, footer=11, pane="messages"),
    _main("find-next", "n", "Next match", "Next match", "the next message that matches", Group.FILTER),
    _main("find-previous", "N", "Match before", "Match before", "the message before that matches",
          Group.FILTER),
    Action("accept", ("enter",), "Keep", "Keep", "keep the filter and go back to the rows",
           Group.FILTER, Place.FILTER, footer=1, palette=False),
    Action("leave", ("escape",), "No filter", "No filter", "show all again and go back",
           Group.FILTER, Place.FILTER, footer=2, palette=False),
    Action("complete", ("tab",), "Complete", "Complete", "what the word may become; again: the next",
           Group.FILTER, Place.FILTER, footer=3, palette=False),
    Action("older", ("up",), "History", "Older", "an earlier filter", Group.FILTER, Place.FILTER,
           footer=4, palette=False),
    Action("newer", ("down",), "Newer", "Newer", "a later one", Group.FILTER, Place.FILTER,
           palette=False),

    Action("previous", ("left_square_bracket",), "Before", "Message before",
           "the client's message before", Group.MESSAGE, Place.MESSAGE, footer=1, palette=False),
    Action("next", ("right_square_bracket",), "Next", "Next message",
           "the client's next message", Group.MESSAGE, Place.MESSAGE, footer=2, palette=False),
    Action("form", ("x", "tab"), "View", "Next view",
           "next view; or 1 hex, 2 text, 3 decoded, 4 bits", Group.MESSAGE, Place.MESSAGE,
           footer=3, palette=False),
    Action("encoding", ("e",), "Encoding", "Encoding", "show its text, then in the next encoding",
           Group.MESSAGE, Place.MESSAGE, footer=8, palette=False),
    Action("decoder", ("m",), "Decoder", "Next decoder", "decode it as the next thing it may be",
           Group.MESSAGE, Place.MESSAGE, footer=5, palette=False),
    Action("decoders", ("M",), "Decode as", "Decode as", "choose from all decoders",
           Group.MESSAGE, Place.MESSAGE, footer=10, palette=False),
    Action("body", ("b",), "Body", "Body or all bytes", "its body, or all bytes as they came",
           Group.MESSAGE, Place.MESSAGE, footer=9, palette=False),
    Action("find", ("slash",), "Find", "Find", "find text or hex in it", Group.MESSAGE,
           Place.MESSAGE, footer=6, palette=False),
    Action("find-next", ("n",), "Find next", "Find next", "go to where it is next", Group.MESSAGE,
           Place.MESSAGE, palette=False),
    Action("find-previous", ("N",), "Find before", "Find before", "go to where it was before",
           Group.MESSAGE, Place.MESSAGE, palette=False),
    Action("mark", ("space",), "Select", "Select",
           "select from here on, also ⇧ and arrows; fold a field", Group.MESSAGE, Place.MESSAGE,
           footer=7, palette=False),
    Action("copy", ("y",), "Copy", "Copy", "copy what is selected, or all, as escaped text",
           Group.MESSAGE, Place.MESSAGE, footer=4, palette=False),
    Action("copy-as", ("Y",), "Copy as", "Copy as", "copy as hex, as a literal of C, Python …",
           Group.MESSAGE, Place.MESSAGE, footer=11, palette=False),
    Action("close", ("escape", "q", "enter"), "Back", "Back", "back to the log", Group.MESSAGE,
           Place.MESSAGE, footer=100, palette=False),

    Action("copy", ("y",), "Copy", "Copy", "copy all of it as text", Group.CLIENT, Place.CLIENT,
           footer=1, palette=False),
    Action("close", ("escape", "q", "i", "enter"), "Back", "Back", "back to the clients", Group.CLIENT,
           Place.CLIENT, footer=100, palette=False),

    Action("next-face", ("tab",), "Next", "Next plot", "the next of the four plots", Group.PLOT,
           Place.PLOT, footer=1, palette=False),
    Action("previous-face", ("shift+tab",), "Plot before", "Plot before", "the plot before",
           Group.PLOT, Place.PLOT, palette=False),
    Action("messages", ("1",), "Messages/s", "Messages a second", "messages a second", Group.PLOT,
           Place.PLOT, palette=False),
    Action("bytes", ("2",), "Bytes/s", "Bytes a second", "bytes a second", Group.PLOT, Place.PLOT,
           palette=False),
    Action("gaps", ("3",), "Gaps", "Gaps between messages",
           "how long a client is silent, how long answers take", Group.PLOT, Place.PLOT,
           palette=False),
    Action("number", ("4",), "Number", "A number against time",
           "a number out of each message, against time", Group.PLOT, Place.PLOT, palette=False),
    Action("edit", ("e",), "Number", "Say which number",
           "say which number: u16be@4, or temp=([-\\d.]+)", Group.PLOT, Place.PLOT, footer=5,
           palette=False),
    Action("whose", ("a",), "All/one", "All clients or one", "of all clients, or of the one",
           Group.PLOT, Place.PLOT, footer=7, palette=False),
    Action("closer", ("plus", "equals_sign"), "Closer", "Closer",
           "half the time, at the cursor or at the newest", Group.PLOT, Place.PLOT, footer=2,
           palette=False),
    Action("farther", ("minus",), "Farther", "Farther", "twice the time, up to all there is",
           Group.PLOT, Place.PLOT, footer=6, palette=False),
    Action("earlier", ("left",), "Earlier", "Earlier", "back in time", Group.PLOT, Place.PLOT,
           footer=8, palette=False),
    Action("later", ("right",), "Later", "Later", "on in time", Group.PLOT, Place.PLOT, footer=9,
           palette=False),
    Action("now", ("0", "end"), "Now", "Follow", "follow what comes", Group.PLOT, Place.PLOT,
           footer=10, palette=False),
    Action("cursor-left", ("h", "shift+left"), "Cursor", "Cursor left",
           "point at the column before, and read its values", Group.PLOT, Place.PLOT, footer=3,
           palette=False),
    Action("cursor-right", ("l", "shift+right"), "Cursor right", "Cursor right",
           "point at the next column", Group.PLOT, Place.PLOT, palette=False),
    Action("open", ("enter",), "To the log", "Go there in the log",
           "see the messages of the column in the log", Group.PLOT, Place.PLOT, footer=4,
           palette=False),
    Action("copy", ("y",), "Copy", "Copy", "copy the values that are shown as CSV", Group.PLOT,
           Place.PLOT, footer=11, palette=False),
    Action("close", ("escape", "q", "P"), "Back", "Back", "back to the log", Group.PLOT, Place.PLOT,
           footer=100, palette=False),
    Action("next-difference", ("n",), "Next", "Next difference", "go to the next difference",
           Group.COMPARE, Place.COMPARE, footer=1, palette=False),
    Action("previous-difference", ("N",), "Before", "Difference before", "go to the difference before",
           Group.COMPARE, Place.COMPARE, footer=2, palette=False),
    Action("form", ("x",), "Text/hex", "Text or hex", "show them as text or as hex",
           Group.COMPARE, Place.COMPARE, footer=3, palette=False),
    Action("swap", ("s",), "Swap", "Swap", "left becomes right", Group.COMPARE, Place.COMPARE, footer=4,
           palette=False),
    Action("copy", ("y",), "Copy", "Copy", "copy the differences as text", Group.COMPARE, Place.COMPARE,
           footer=5, palette=False),
    Action("close", ("escape", "q", "v"), "Back", "Back", "back to where you were", Group.COMPARE,
           Place.COMPARE, footer=100, palette=False),

    Action("open", ("enter",), "Compare", "Compare", "the two messages of the row, byte by byte",
           Group.DIALOGUE, Place.DIALOGUE, footer=1, palette=False),
    Action("next-difference", ("n",), "Next", "Next difference", "go to the next row that is not equal",
           Group.DIALOGUE, Place.DIALOGUE, footer=2, palette=False),
    Action("previous-difference", ("N",), "Before", "Difference before",
           "go to the row before that is not equal", Group.DIALOGUE, Place.DIALOGUE, footer=3,
           palette=False),
    Action("swap", ("s",), "Swap", "Swap", "left becomes right", Group.DIALOGUE, Place.DIALOGUE,
           footer=4, palette=False),
    Action("copy", ("y",), "Copy", "Copy", "copy what is not equal as text", Group.DIALOGUE,
           Place.DIALOGUE, footer=5, palette=False),
    Action("close", ("escape", "q", "v"), "Back", "Back", "back to the clients", Group.DIALOGUE,
           Place.DIALOGUE, footer=100, palette=False),

    Action("add", ("a",), "Add", "Add a listener", "listen on another address", Group.LISTENERS,
           Place.LISTENERS, footer=1, palette=False),
    Action("stop", ("d",), "Stop", "Stop a listener", "accept no more there; its clients stay",
           Group.LISTENERS, Place.LISTENERS, footer=2, palette=False),
    Action("retry", ("r",), "Retry", "Retry", "try again to listen there", Group.LISTENERS,
           Place.LISTENERS, footer=3, palette=False),
    Action("copy", ("y",), "Copy address", "Copy the address", "copy the address", Group.LISTENERS,
           Place.LISTENERS, footer=4, palette=False),
    Action("up", ("up", "k"), "Up", "Up", "one row up", Group.LISTENERS, Place.LISTENERS, palette=False),
    Action("down", ("down", "j"), "Down", "Down", "one row down", Group.LISTENERS, Place.LISTENERS,
           palette=False),
    Action("close", ("escape", "q", "l"), "Back", "Back", "back to the clients", Group.LISTENERS,
           Place.LISTENERS, footer=100, palette=False),

    Action("allow", ("a",), "Allow", "Allow callers",
           "let in an address or network, and only those allowed", Group.LIMITS, Place.LIMITS,
           footer=1, palette=False),
    Action("deny", ("d",), "Deny", "Deny callers",
           "refuse a network; \"10.0.0.7 10m\" is for ten minutes", Group.LIMITS, Place.LIMITS,
           footer=2, palette=False),
    Action("remove", ("x", "backspace"), "Remove", "Remove a rule", "forget the rule of the row",
           Group.LIMITS, Place.LIMITS, footer=3, palette=False),
    Action("next-pane", ("tab",), "Other pane", "Other pane", "go to the limits, or to the rules",
           Group.LIMITS, Place.LIMITS, footer=4, palette=False),
    Action("up", ("up", "k"), "Up", "Up", "one row up", Group.LIMITS, Place.LIMITS, palette=False),
    Action("down", ("down", "j"), "Down", "Down", "one row down", Group.LIMITS, Place.LIMITS,
           palette=False),
    Action("close", ("escape", "q", "L"), "Back", "Back", "back to the clients", Group.LIMITS,
           Place.LIMITS, footer=100, palette=False),

    Action("copy", ("y",), "Copy", "Copy", "copy who got it and who did not as text", Group.RECEIPT,
           Place.RECEIPT, footer=1, palette=False),
    Action("up", ("up", "k"), "Up", "Up", "one row up", Group.RECEIPT, Place.RECEIPT, palette=False),
    Action("down", ("down", "j"), "Down", "Down", "one row down", Group.RECEIPT, Place.RECEIPT,
           palette=False),
    Action("close", ("escape", "q", "W"), "Back", "Back", "back to the log", Group.RECEIPT,
           Place.RECEIPT, footer=100, palette=False),

    Action("hold", ("space",), "Hold, go on", "Hold", "let the job wait, or go on", Group.JOBS,
           Place.JOBS, footer=1, palette=False),
    Action("stop", ("d",), "Stop", "Stop", "stop the job", Group.JOBS, Place.JOBS, footer=2,
           palette=False),
    Action("clear", ("x", "C"), "Clear finished", "Clear", "take finished jobs off the list",
           Group.JOBS, Place.JOBS, footer=3, palette=False),
    Action("up", ("up", "k"), "Up", "Up", "one row up", Group.JOBS, Place.JOBS, palette=False),
    Action("down", ("down", "j"), "Down", "Down", "one row down", Group.JOBS, Place.JOBS,
           palette=False),
    Action("close", ("escape", "q", "J"), "Back", "Back", "back to the clients", Group.JOBS,
           Place.JOBS, footer=100, palette=False),

    Action("switch", ("space",), "On/off", "On or off", "turn the rule on or off", Group.RULES,
           Place.RULES, footer=1, palette=False),
    Action("edit", ("e", "enter"), "Edit", "Edit the rules", "write the rules; ^s puts them in force",
           Group.RULES, Place.RULES, footer=2, palette=False),
    Action("preset", ("p",), "Preset", "Begin with a preset",
           "take rules that satisfy a known kind of client", Group.RULES, Place.RULES, footer=3,
           palette=False),
    Action("write", ("w",), "Write", "Write to a file", "write the rules to a file of their own",
           Group.RULES, Place.RULES, footer=4, palette=False),
    Action("next-pane", ("tab",), "Other pane", "Other pane", "go to the rules, or to the trial",
           Group.RULES, Place.RULES, footer=5, palette=False),
    Action("up", ("up", "k"), "Up", "Up", "one row up", Group.RULES, Place.RULES, palette=False),
    Action("down", ("down", "j"), "Down", "Down", "one row down", Group.RULES, Place.RULES,
           palette=False),
    Action("close", ("escape", "q", "R"), "Back", "Back", "back to the clients", Group.RULES,
           Place.RULES, footer=100, palette=False),

    Action("apply", ("ctrl+s",), "Use", "Use these rules",
           "put what is written in force, and write it to its file", Group.EDITOR, Place.EDITOR,
           footer=1, palette=False),
    Action("language", ("f1",), "Help", "What rules are", "show all that can stand in rules",
           Group.EDITOR, Place.EDITOR, footer=2, palette=False),
    Action("leave", ("escape",), "Leave", "Leave", "go back without using it", Group.EDITOR,
           Place.EDITOR, footer=100, palette=False),
)  # fmt: skip


def of(place: Place) -> list[Action]:
    """Return the actions of a place, in the order of the list."""
    return [action for action in ACTIONS if action.place is place]
