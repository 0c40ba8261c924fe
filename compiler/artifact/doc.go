// Package artifact finds out what meshc needs to know of code files, from their
// bytes alone: no JVM, no Python, no Go, no network, and nothing in them is run.
//
//   - [Open] looks into jars, NARs and other zip files. Of the archive,
//     [Archive.Function], [Archive.Source] and [Archive.Sink] tell whether a class is
//     there, whether a function worker could run it and which types it takes and
//     gives; [Archive.Part] the same of SerDes, schemas, key readers and the like;
//     [Archive.Connector] and [Archive.Settings] which connector a NAR is and which
//     keys it takes.
//   - [OpenPython] looks into modules, zips and wheels as Python instances import
//     them, [Python] at what one module defines.
//   - [GoBinary] looks at executables.
//   - [Cache] is [Open] that knows archives again which did not change.
//
// Files may be hostile: sizes, counts and depths are bounded (limits.go), what
// they hold is never believed before it is checked, and names out of them go
// through [Clean] before they are shown.
//
// Answers have three values. A class that is not in the archive may decide, such
// as a base class that the worker brings; then the answer is [Unknown], and
// nobody should report an error.
package artifact
