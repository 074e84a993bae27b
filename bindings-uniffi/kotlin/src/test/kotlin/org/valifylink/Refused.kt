package org.valifylink

/** An error of this kind, as the library itself makes them. */
internal fun refusedForTests(kind: String): ValifyException = ValifyException.refused(ErrorKind.valueOf(kind.uppercase()), null, "for a test")
