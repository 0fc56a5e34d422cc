/**
 * Functions of the engine (chDB 26.7) that were reviewed and are refused, grouped by reason; names in lower case. Functions
 * that are neither here nor in reviewed-functions.txt are refused until they are reviewed.
 */
export const REFUSED_FUNCTIONS: readonly { names: RegExp; reason: string }[] = [
  {
    names: /^(?:file|filesystem\w*|catboostevaluate|naivebayes\w*|showcertificate|region\w+)$/u,
    reason: 'reads files or disks of the host',
  },
  { names: /^ai(?:generate|classify|extract|translate|embed)$/u, reason: 'sends data to services elsewhere' },
  {
    names: /^(?:dict[ghi]\w+|joinget\w*|hascolumnintable|getmaxtablenamelengthfordatabase)$/u,
    reason: 'takes a table, dictionary or database as text, past the list of open databases',
  },
  {
    names:
      /^(?:getserversetting|getserverport|getmergetreesetting|getmacro|getclienthttpheader|getoskernelversion|serveruuid|tcpport|fqdn|fullhostname|hostname|zookeepersessionuptime|generateserialid|transaction\w+)$/u,
    reason: 'reveals the host or the services of a server',
  },
  {
    names: /^(?:addressto\w+|demangle|tid|logtrace|flamegraph)$/u,
    reason: "looks into the engine's own process",
  },
  { names: /^sleep\w*$/u, reason: 'holds a connection without work' },
  {
    names: /^(?:fuzzquery|obfuscatequery\w*|structureto\w+schema)$/u,
    reason: 'makes text of unbounded size',
  },
  {
    names: /^(?:evalmlmethod|aggthrow|icebergtruncate|__\w+)$/u,
    reason: 'is for the engine itself, or fails by intent',
  },
  {
    names: /^timeseries(?:copy|extract|groupto|idto|join|remove|replace|store|tags|throw)\w+$/u,
    reason: 'works on series that only tables of PromQL have',
  },
]
