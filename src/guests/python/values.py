# JSON in and out. On the C parts of the json package: the package itself costs 8 ms to import, under WASI 70.
NAMES_OF_DATA = (str, int, float, bool, type(None))
TEXTS, FLAT = {str}, {str, int, float, bool, type(None)}


def make_json():
    """loads, of UTF-8, and dumps on the C parts of the json package."""
    try:
        import _json
    except ImportError:
        import json

        return json.loads, lambda value: json.dumps(value, allow_nan=False, ensure_ascii=False)

    class Context:
        strict = True
        object_hook = object_pairs_hook = None
        parse_float = parse_constant = float
        parse_int, memo = int, {}

    scan, make_encoder, write_text = _json.make_scanner(Context), _json.make_encoder, _json.encode_basestring

    def refuse(value):
        raise TypeError("Object of type %s is not JSON serializable" % type(value).__name__)

    def loads(text):
        return scan(text.decode("utf-8", "surrogatepass").strip(), 0)[0]

    def dumps(value):
        return "".join(make_encoder({}, refuse, write_text, None, ": ", ", ", False, False, False)(value, 0))

    return loads, dumps


loads, dumps = make_json()


def to_bytes(text):
    """UTF-8 of JSON text; half a surrogate pair as JSON writes it."""
    return text.encode("utf-8", "backslashreplace")


def find_unsupported(value, where, seen):
    """Says where in a result a value sits that JSON would change or refuse."""
    if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):
        return "%s is %r" % (where, value)
    if isinstance(value, NAMES_OF_DATA):
        return None
    if id(value) in seen:
        return "%s refers back to itself" % where
    if isinstance(value, dict):
        items = [("%s[%r]" % (where, key), item) for key, item in value.items()]
        names = {}
        for key in value:
            if not isinstance(key, NAMES_OF_DATA):
                return "%s has a key of type %s" % (where, type(key).__name__)
            if isinstance(key, float) and (key != key or key in (float("inf"), float("-inf"))):
                return "%s has the key %r" % (where, key)
            name = key_in_json(key)
            if name in names:
                return "%s has the keys %r and %r, which are the same in JSON" % (where, names[name], key)
            names[name] = key
    elif isinstance(value, (list, tuple)):
        items = [("%s[%d]" % (where, index), item) for index, item in enumerate(value)]
    else:
        return "%s is of type %s" % (where, type(value).__name__)
    for name, item in items:
        found = find_unsupported(item, name, seen | {id(value)})
        if found:
            return found
    return None


def key_in_json(key):
    return key if isinstance(key, str) else dumps({key: 0})[1:-4].strip('"')


def has_like_keys(value):
    """True where two keys of a dict are the same in JSON, of which its readers would keep one."""
    left = [value]
    while left:
        at = left.pop()
        if isinstance(at, dict):
            if set(map(type, at)) - TEXTS and len(at) != len(set(map(key_in_json, at))):
                return True
            at = at.values()
        if set(map(type, at)) - FLAT:
            left.extend(item for item in at if isinstance(item, (dict, list, tuple)))
    return False


def encode(value):
    """The JSON of what main returned, as UTF-8. Raises TypeError, which names what JSON cannot carry."""
    try:
        data = to_bytes(dumps(value))
        if not isinstance(value, (dict, list, tuple)) or not has_like_keys(value):
            return data
        error = None
    except (ValueError, TypeError, RecursionError) as refused:
        error = refused
    try:
        found = find_unsupported(value, "the result", frozenset())
    except RecursionError:
        found = "the result is nested too deeply"
    raise TypeError("main returned a value JSON cannot carry: %s" % (found or error)) from None
