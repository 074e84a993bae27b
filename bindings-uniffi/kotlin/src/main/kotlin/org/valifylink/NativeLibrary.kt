package org.valifylink

import com.sun.jna.Native
import com.sun.jna.Platform
import java.io.IOException

/** The core, from this jar alone: never one that happens to lie on a search path. */
internal object NativeLibrary {
    private const val NAME = "valify_link_core"

    /** Where JNA has unpacked the library of this platform. */
    val path: String by lazy {
        val resource = "/${Platform.RESOURCE_PREFIX}/${System.mapLibraryName(NAME)}"
        try {
            Native.extractFromResourcePath(resource, NativeLibrary::class.java.classLoader).absolutePath
        } catch (missing: IOException) {
            throw UnsatisfiedLinkError(message(resource, missing.message))
        }
    }

    internal fun message(
        resource: String,
        why: String?,
    ): String =
        "valify-link has no native library that it can load for ${Platform.RESOURCE_PREFIX} " +
            "(${System.getProperty("os.name")}, ${System.getProperty("os.arch")}): $resource. " +
            "Use the jar that was built for this platform, or build it there with bindings-uniffi/kotlin/prepare; " +
            "if it is in the jar, give JNA a folder that files can be run from, with -Djna.tmpdir. ($why)"
}
