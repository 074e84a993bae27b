package org.valifylink.canaries

import java.lang.reflect.Modifier
import java.nio.ByteBuffer
import java.time.temporal.Temporal
import java.time.temporal.TemporalAmount
import java.util.Collections
import java.util.IdentityHashMap
import java.util.Optional

/** Everything that can be come to from an object: by the fields of its class and those above it, static ones included, and by its texts. */
class Reachable(
    root: Any,
) {
    private val seen: MutableSet<Any> = Collections.newSetFromMap(IdentityHashMap())
    private val queue = ArrayDeque<Any>(listOf(root))

    /** The texts, numbers and bytes that were met, and what each object of ours prints. */
    val texts = mutableListOf<String>()

    init {
        while (queue.isNotEmpty()) {
            val next = queue.removeLast()
            if (seen.add(next)) visit(next)
        }
    }

    private fun later(more: Iterable<Any?>) {
        queue.addAll(more.filterNotNull())
    }

    private fun visit(found: Any) {
        when (found) {
            is CharSequence, is Number, is Boolean, is Char, is StackTraceElement, is Temporal, is TemporalAmount -> texts += found.toString()
            is ByteArray -> texts += listOf(String(found, Charsets.ISO_8859_1), String(found))
            is CharArray -> texts += String(found)
            is ByteBuffer -> visit(ByteArray(found.capacity()).also { found.duplicate().clear().get(it) })
            is Array<*> -> later(found.asList())
            is Map<*, *> -> later(found.keys + found.values)
            is Iterable<*> -> later(found)
            is Optional<*> -> later(listOf(found.orElse(null)))
            is Class<*> -> texts += found.name
            else -> visitObject(found)
        }
    }

    private fun visitObject(found: Any) {
        texts += found.toString()
        if (found is Throwable) {
            texts += listOfNotNull(found.message, found.localizedMessage)
            later(listOf(found.cause) + found.suppressed + found.stackTrace)
        }
        val above = generateSequence<Class<*>>(found.javaClass) { it.superclass }.toList()
        // The JDK opens its fields to nobody: what is of a class of its own is walked above, or this test does not know what it holds.
        val (opaque, open) = above.partition { it.classLoader == null }
        val unknown = opaque.filter { it !in WALKED && it.declaredFields.any { field -> !Modifier.isStatic(field.modifiers) } }
        check(unknown.isEmpty()) { "what a ${found.javaClass.name} holds is not walked" }
        for (field in open.flatMap { it.declaredFields.asList() }) {
            val owner = found.takeUnless { Modifier.isStatic(field.modifiers) }
            field.isAccessible = true
            later(listOf(field.get(owner)))
        }
    }

    private companion object {
        /** Whose fields are walked by what they are. */
        val WALKED = setOf(Enum::class.java, Throwable::class.java)
    }
}
