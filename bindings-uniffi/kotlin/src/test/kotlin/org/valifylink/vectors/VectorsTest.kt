package org.valifylink.vectors

import com.fasterxml.jackson.databind.JsonNode
import org.junit.jupiter.api.AfterAll
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.DynamicTest
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.TestFactory
import org.junit.jupiter.api.TestInstance

/** Every case through the public API of one host, and the report that every host writes. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class VectorsTest(
    private val host: Host,
) {
    private val results = mutableMapOf<String, JsonNode>()
    private val failed = mutableListOf<String>()
    private var typed = 0

    @TestFactory
    fun cases(): List<DynamicTest> =
        Vectors.cases.map { case ->
            DynamicTest.dynamicTest(case.id) {
                val verdict = Vectors.verdict(host, case)
                check(results.put(case.id, verdict.actual) == null) { "${case.id} is there twice" }
                if (verdict.typed) typed++
                if (verdict.differences.isNotEmpty()) failed += case.id
                assertEquals(emptyList<String>(), verdict.differences, "verdict: ${verdict.actual}")
            }
        }

    @AfterAll
    fun report() {
        Vectors.report(host, results, failed)
        assertTrue(typed * 3 > results.size, "too few cases by typed constructors: $typed of ${results.size}")
    }
}

/** As Kotlin calls it. */
class KotlinVectorsTest : VectorsTest(KotlinHost)

/** As Java calls it. */
class JavaVectorsTest : VectorsTest(JavaHost())

/** The classes over the kinds. */
class ErrorClassesTest {
    @Test
    fun `every kind is thrown as the class of the table`() {
        val kinds = Vectors.errors["errors"].properties()
        assertTrue(kinds.size > 30)
        for ((kind, entry) in kinds) {
            val error = org.valifylink.refusedForTests(kind)
            assertEquals(entry["class"]["kotlin"].asText(), error.javaClass.simpleName, kind)
            assertEquals(entry["next"].asText(), error.next.name.lowercase(), kind)
        }
        assertEquals(
            kinds.map { it.key }.toSet(),
            org.valifylink.ErrorKind.entries
                .map { it.name.lowercase() }
                .toSet(),
        )
    }

    @Test
    fun `every class has the parent of the table`() {
        for ((_, entry) in Vectors.errors["classes"].properties()) {
            val parent = entry["parent"].takeIf { it.isTextual }?.asText() ?: continue
            val kotlin = Class.forName("org.valifylink.${entry["kotlin"].asText()}")
            assertEquals(Vectors.errors["classes"][parent]["kotlin"].asText(), kotlin.superclass.simpleName)
        }
    }
}
