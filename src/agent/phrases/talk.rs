//! What people say beside orders: politeness, yes and no, stop, greetings, wishes.

/// In front of an order, without making it less of one. "No" is here for "no, run the tests instead".
pub(in crate::agent) const POLITE: &[&str] = &[
    "please", "pls", "plz", "kindly", "hey", "hi", "hello", "dear", "pm", "project manager", "ok", "okay", "yes",
    "yeah", "yep", "sure", "great", "good", "perfect", "cool", "nice", "thanks", "thank you", "so", "now", "then",
    "well", "alright", "all right", "right", "fine", "no", "nope", "and", "but", "also", "just", "first", "next",
    "finally", "again", "quickly", "quick", "go ahead and", "go and", "go", "can you", "could you", "would you",
    "will you", "can u", "could u", "can we", "could we", "i want you to", "i'd like you to", "i would like you to",
    "i need you to", "you to", "you can", "you may", "you should", "you could", "let's", "lets", "let us", "try to",
    "feel free to", "i want to", "i'd like to", "i would like to", "i need to", "we need to", "it's time to",
    "time to", "don't forget to", "do not forget to", "don't hesitate to", "why don't you", "be so kind and",
    "would you be so kind to", "start by", "begin by", "to", "would you mind", "do you mind", "bitte", "por favor",
    "s'il te plaît", "once more", "afterwards", "after that", "ja", "instead", "let me", "help me", "help me to",
    "i said", "we can", "as a first step", "to begin with", "to start with", "are you able to",
    "is it possible that you", "i was wondering if you could", "i wonder if you could", "could i ask you to",
    "may i ask you to", "can i ask you to", "do you have time to", "if you have time", "when you're done",
    "if you can", "if possible", "quick question", "question", "next step", "i'd rather you", "as soon as possible",
    "asap",
];

/// Where one of these stood in front, it was a wish or a question: enough for looking and checking, which change nothing,
/// but not for planning or building.
pub(in crate::agent) const SOFT: &[&str] = &[
    "can we", "could we", "i want to", "i'd like to", "i would like to", "i need to", "we need to", "you could",
    "you should", "let me", "we can", "are you able to", "is it possible that you", "i was wondering if you could",
    "i wonder if you could",
];

/// An "-ing" form after one of these is an order.
pub(in crate::agent) const MINDING: &[&str] = &[
    "would you mind", "do you mind", "start by", "begin by", "start with", "instead of",
];

/// A question with one of these in front is an order said politely.
pub(in crate::agent) const ASKING: &[&str] = &[
    "can you", "could you", "would you", "will you", "can u", "could u", "would you mind", "do you mind",
    "why don't you", "please", "would you be so kind to", "pls", "plz",
];

/// In front of an order, they turn it into its opposite.
pub(in crate::agent) const NEGATION: &[&str] = &[
    "don't", "dont", "do not", "never", "not", "not yet", "not now", "no need to", "there's no need to",
    "there is no need to", "you don't need to", "you don't have to", "you do not need to", "you do not have to",
    "i don't want", "i do not want", "we don't want", "we do not want", "i don't want you to", "we shouldn't",
    "we should not", "you shouldn't", "you should not", "you must not", "you mustn't", "i wouldn't", "wait",
    "hold on", "hold off", "hold off on", "no longer", "can you not", "could you not", "nicht", "noch nicht",
];

/// After a negation: nothing at all is to be started.
pub(in crate::agent) const ANYTHING: &[&str] = &[
    "run", "start", "begin", "do", "go", "proceed", "launch", "trigger", "execute", "go ahead", "continue", "yet",
    "now", "it", "that", "this", "them", "any", "anything", "something", "any command", "any commands", "so",
    "the command", "a minute", "a moment", "a second", "a bit", "please", "with", "until i say so",
    "before i say so", "for now", "me", "running", "starting", "any of it", "any of that", "work", "working", "on",
    "jetzt", "else",
];

/// After a negation: nothing is to be changed; looking and planning are not meant.
pub(in crate::agent) const ALTER: &[&str] =
    &[
    "change", "changing", "touch", "touching", "modify", "modifying", "edit", "editing", "write", "break", "alter",
];

/// Said as an answer to an offer. Together with [`YES_FILL`] they must make up the whole message.
pub(in crate::agent) const YES: &[&str] = &[
    "yes", "yeah", "yep", "yup", "yea", "ya", "sure", "sure thing", "ok", "okay", "k", "fine", "alright",
    "all right", "go", "go ahead", "go for it", "do it", "do that", "do so", "run it", "run that", "start it",
    "start", "please do", "sounds good", "looks good", "let's do it", "let's do that", "let's go", "make it so",
    "absolutely", "of course", "definitely", "certainly", "correct", "right", "exactly", "agreed", "i agree",
    "proceed", "continue", "approved", "approve", "lgtm", "ship it", "y", "gladly", "yes you may", "you may",
    "why not", "do", "👍", "👌", "✅", "🆗", "ja", "klar", "gerne", "jawohl", "jo", "mach", "mach das", "mach es",
    "los", "los geht's", "in ordnung", "einverstanden", "passt", "oui", "d'accord", "bien sûr", "vas-y", "allez-y",
    "si", "sí", "claro", "vale", "dale", "de acuerdo", "adelante", "sim", "pode", "sì", "certo", "va bene", "tak",
    "jasne", "dobrze", "da", "да", "давай", "хорошо", "так", "ano", "jasně", "evet", "tamam", "joo", "kyllä", "jep",
    "hai", "はい", "お願いします", "是", "好", "好的", "可以", "네", "예", "ναι", "हाँ", "haan", "نعم", "כן",
];

/// May stand about a yes without changing it.
pub(in crate::agent) const YES_FILL: &[&str] = &[
    "please", "pls", "then", "that", "it", "now", "thanks", "thank you", "i think so", "i do", "you do", "great",
    "good", "good idea", "great idea", "perfect", "excellent", "wonderful", "cool", "nice", "awesome", "pm",
    "project manager", "and", "so", "let's", "we should", "you should", "you can", "with it", "with that", "ahead",
    "bitte", "danke", "por favor", "s'il te plaît", "merci", "gracias", "obrigado", "per favore", "do this", "this",
    "right away", "hi", "hey", "plan", "exactly that", "mal", "das", "es", "oh", "ah", "um", "well", "absolutely",
    "very", "much", "just",
];

/// Said as an answer to an offer, or to anything: nothing is to happen.
pub(in crate::agent) const NO: &[&str] = &[
    "no", "nope", "nah", "no thanks", "no thank you", "n", "not yet", "not now", "not really", "never",
    "never mind", "nevermind", "forget it", "leave it", "leave it be", "skip it", "later", "maybe later", "wait",
    "hold on", "not today", "don't", "dont", "do not", "rather not", "i'd rather not", "👎", "no way", "nein", "nö",
    "nee", "nicht", "noch nicht", "lieber nicht", "später", "non", "pas encore", "não", "nie", "ne", "нет", "ні",
    "ei", "hayır", "いいえ", "不", "不是", "不要", "아니요", "όχι", "नहीं", "لا", "לא", "todavía no", "ahora no",
];

/// May stand about a no without changing it.
pub(in crate::agent) const NO_FILL: &[&str] = &[
    "please", "thanks", "thank you", "for now", "yet", "now", "it", "that", "this", "danke", "merci", "gracias",
    "i", "think", "so", "let's", "a moment", "a minute", "a second", "bitte", "por favor", "pm", "oh", "sorry",
    "just", "leave", "ok", "okay", "do", "actually", "well", "hmm", "but",
];

/// Ends what runs.
pub(in crate::agent) const STOP: &[&str] = &[
    "stop", "cancel", "abort", "halt", "quit", "kill", "end", "terminate", "interrupt", "stop it", "stopp",
    "stoppen", "abbrechen", "anhalten", "halt an", "arrête", "arrêter", "detente", "alto", "basta", "стоп", "やめて",
    "停止", "停", "🛑", "make it stop", "break off", "call it off", "stop with",
];

/// What else may stand in a message that stops: what is to be stopped, and politeness.
pub(in crate::agent) const STOP_FILL: &[&str] = &[
    "it", "that", "this", "now", "everything", "all", "the", "run", "running", "command", "commands", "execution",
    "tests", "test", "checks", "analysis", "plan", "planning", "please", "work", "working", "task", "job",
    "whatever", "is", "you're", "you", "are", "doing", "what", "immediately", "at once", "right", "right now",
    "current", "thanks", "pm", "hey", "no", "bitte", "sofort", "process", "whole", "thing", "build", "building",
    "of", "ok", "okay", "wait", "and", "stop", "sequence", "queue", "queued", "can", "could", "would", "i", "want",
    "need", "to", "prime", "validate", "validation", "execute-github", "plan-feature-github", "here", "oh", "my",
    "god", "just", "your", "let's", "us", "let", "for", "analyzing", "analysing", "testing", "validating",
    "implementing", "fixing", "checking", "looking",
];

/// Wants the last command tried again; must be the whole message.
pub(in crate::agent) const AGAIN: &[&str] = &[
    "try again", "try it again", "try that again", "try this again", "try once more", "try one more time", "retry",
    "retry it", "retry that", "again", "once again", "once more", "one more time", "another try", "give it another try",
    "run it again", "run that again", "do it again", "do that again", "repeat", "repeat it", "repeat that", "nochmal",
    "noch mal", "noch einmal", "versuch es nochmal", "versuch es noch einmal", "probier es nochmal",
];

/// May stand about it.
pub(in crate::agent) const AGAIN_FILL: &[&str] = &[
    "please", "pls", "can you", "could you", "will you", "ok", "okay", "and", "now", "just", "pm", "the", "last",
    "command", "thanks", "thank you", "bitte", "let's", "hey", "hi", "so", "then", "well", "right away",
];

/// Asks what the last command did; must be the whole message.
pub(in crate::agent) const ACCOUNT: &[&str] = &[
    "what did scar do", "what has scar done", "what did you do", "what have you done", "what did the agent do",
    "what has the agent done", "what did the coding agent do", "what did it do", "what was done", "what has been done",
    "what happened", "what did you change", "what was changed", "what has changed", "what changed",
    "show me what you did", "tell me what you did", "tell me what happened", "tell me what scar did",
    "was hast du gemacht", "was ist passiert", "was wurde gemacht",
];

/// May stand about it.
pub(in crate::agent) const ACCOUNT_FILL: &[&str] = &[
    "so", "far", "last", "lately", "exactly", "just", "now", "then", "please", "pm", "hey", "hi", "ok", "okay", "and",
    "today", "there", "until", "with", "it", "the", "last time", "in the end", "genau", "bitte", "denn",
];

/// Begins a new topic; must be the whole message.
pub(in crate::agent) const NEW_TOPIC: &[&str] = &[
    "reset", "reset the chat", "reset the conversation", "new topic", "start a new topic", "new conversation",
    "start a new conversation", "start over", "let's start over", "start again from scratch", "clear the chat",
    "clear the conversation", "new chat", "start a new chat", "change the topic", "change of topic",
    "different topic", "let's talk about something else", "forget everything", "neues thema",
];

/// Leaves what was talked about; what follows is the new topic.
pub(in crate::agent) const LEAVE_TOPIC: &[&str] = &[
    "let's discuss", "lets discuss", "let us discuss", "let's talk about", "lets talk about", "different topic",
    "another topic", "new topic", "on another topic", "on a different topic", "different question", "change of subject",
    "changing the subject", "changing the topic", "to change the subject", "we weren't discussing",
    "we were not discussing", "we weren't talking about", "we were not talking about", "anderes thema", "neues thema",
];

/// A greeting; must be the whole message.
pub(in crate::agent) const GREETING: &[&str] = &[
    "hi", "hello", "hey", "hiya", "howdy", "good morning", "good afternoon", "good evening", "greetings", "yo",
    "hi there", "hello there", "hey there", "hallo", "guten morgen", "guten tag", "moin", "servus", "bonjour",
    "salut", "hola", "buenos días", "ciao", "olá", "cześć", "ahoj", "привет", "merhaba", "hei", "hej", "こんにちは",
    "你好", "how are you", "how are you doing", "how's it going", "what's up", "nice to meet you", "👋",
];

/// May stand about a greeting or thanks.
pub(in crate::agent) const SMALL_FILL: &[&str] = &[
    "pm", "project manager", "there", "everyone", "all", "today", "again", "ok", "okay", "great", "good", "perfect",
    "cool", "very", "much", "so", "a lot", "job", "work", "for", "that", "the", "help", "your", "nice", "well",
    "done", "awesome", "wonderful", "excellent", "you", "are", "and", "to", "friend", "my", "really", "amazing",
    "this", "is", "it", "looks", "yes", "no",
];

/// Thanks and praise; must be the whole message, with [`SMALL_FILL`].
pub(in crate::agent) const THANKS: &[&str] = &[
    "thanks", "thank you", "thx", "ty", "cheers", "many thanks", "danke", "danke schön", "merci", "gracias",
    "obrigado", "obrigada", "grazie", "dziękuję", "спасибо", "dank je", "bedankt", "tack", "kiitos", "ありがとう", "谢谢",
    "great", "awesome", "perfect", "excellent", "wonderful", "well done", "nice", "cool", "good job", "good work",
    "great job", "great work", "amazing", "much appreciated", "appreciate it", "❤",
];

/// Asks what can be asked; the message begins with it.
pub(in crate::agent) const HELP: &[&str] = &[
    "help", "what can you do", "what can i do", "what can i ask", "what can i say", "what can we do",
    "what do you do", "what are you", "who are you", "how does this work", "how do you work", "how do i use this",
    "how do i use you", "how to use", "how do i start", "how do i begin", "how can i start", "where do i start",
    "what now", "what next", "what's next", "what should i do", "what shall i do", "what do i do", "i need help",
    "i don't know", "i'm lost", "i am lost", "i don't understand", "commands", "hilfe", "what commands",
    "which commands", "show commands", "list commands", "show me the commands", "options", "menu",
    "how can you help", "what could you do", "what is this", "what's this", "what are my options",
    "explain yourself", "tell me what you can do", "aide", "ayuda", "what does prime", "what does validate",
    "what does plan", "what does stop", "what does execute", "what does implement", "what is prime",
    "what is validate", "what is a plan", "what's a plan", "was kannst du", "show me what you can do",
];

/// May stand about "help".
pub(in crate::agent) const HELP_FILL: &[&str] = &[
    "can", "could", "you", "me", "i", "need", "please", "some", "us", "to", "ask", "for", "pm", "hi", "hey",
    "hello", "get",
];

/// Asks what goes on; the message begins with it.
pub(in crate::agent) const STATUS: &[&str] = &[
    "status", "what is running", "what's running", "whats running", "is anything running", "is something running",
    "what are you doing", "what are you working on", "what's happening", "what is happening", "what's going on",
    "what is going on", "how far are you", "how far is it", "are you done", "are you finished",
    "are you still working", "are you working", "are you still there", "are you busy", "is it running",
    "is it still running", "still running", "is it done", "is it finished", "is it ready", "how is it going",
    "how's it going with", "any progress", "any news", "any update", "any updates", "progress", "what's the status",
    "what is the status", "what's the progress", "is it working", "is it still working", "what's queued",
    "what is queued", "what's in the queue", "queue", "did it finish", "has it finished", "how long will it take",
    "how long does it take", "what is the state", "what's the state", "give me a status", "show status",
    "show me the status", "tell me the status", "did the tests pass", "did it work", "are you there",
];

/// In front of what somebody would like: reason enough to offer a plan, not to start one. Longest match wins.
pub(in crate::agent) const WISH: &[&str] = &[
    "we could", "we should", "should we", "could we", "can we", "shall we", "should i", "i want", "i'd like",
    "i would like", "i need", "we need", "we want", "we'd like", "we would like", "i want to", "i'd like to",
    "i would like to", "i need to", "we need to", "we want to", "i want to have", "i'd like to have",
    "i would like to have", "we'd like to have", "it would be nice to have", "it would be nice to",
    "it would be nice if", "it would be great to have", "it would be great if", "it would be good to have",
    "it would be good if", "it would be cool if", "it would be nice", "it'd be nice if", "it'd be nice to have",
    "it'd be great if", "it'd be cool if", "it might be nice to have", "wouldn't it be nice if",
    "wouldn't it be great if", "how about", "what about", "what if we", "what if", "maybe we could",
    "maybe we should", "perhaps we could", "perhaps we should", "maybe you could", "maybe", "perhaps",
    "i wish we had", "i wish", "i was thinking of", "i was thinking about", "i'm thinking of", "i'm thinking about",
    "i am thinking of", "i am thinking about", "i think we should", "i think we could", "i think we need",
    "would it be possible to", "is it possible to", "would it make sense to", "does it make sense to",
    "do you think we should", "do you think we could", "don't you think we should", "my idea is", "my idea is to",
    "idea", "here's an idea", "there should be", "it should", "you could", "you should", "let me", "can it",
    "could it", "why don't we", "why not", "we can", "we might", "we may", "i might want", "someday we could",
    "one day we could", "let's think about", "let's talk about", "let's discuss", "what do you think about",
    "what do you think of", "i have an idea", "i had an idea", "we were thinking about", "we are thinking about",
    "we're thinking about", "our users want", "users want", "my boss wants", "customers want", "we plan to",
    "i plan to", "we're planning to", "i'm planning to", "is there a way to", "we'd love", "i'd love",
    "we'd love to have", "i'd love to have",
];

/// Orders of a kind the rules do not take at their word: a change is wanted, which is offered as plan and build.
pub(in crate::agent) const CHANGE: &[&str] = &[
    "add", "create", "make", "change", "remove", "write", "improve", "redesign", "refactor", "rename", "update",
    "upgrade", "delete", "replace", "move", "rewrite", "translate", "support", "integrate", "introduce", "set up",
    "convert", "optimize", "optimise", "extend", "allow", "enable", "disable", "develop", "code", "program", "turn",
    "clean up", "speed up", "simplify", "get rid of", "put", "install", "deploy", "hide", "sort", "design", "style",
    "port", "migrate", "split", "merge",
];
