package org.valifylink.vectors

import com.fasterxml.jackson.core.json.JsonWriteFeature
import com.fasterxml.jackson.databind.DeserializationFeature
import com.fasterxml.jackson.databind.JsonNode
import com.fasterxml.jackson.databind.json.JsonMapper
import com.fasterxml.jackson.databind.node.ObjectNode
import java.io.ByteArrayOutputStream
import java.nio.file.Files
import java.nio.file.Path
import java.security.MessageDigest
import java.time.Instant
import java.time.OffsetDateTime
import java.time.ZoneOffset
import java.time.format.DateTimeFormatter
import java.util.Base64
import java.util.HexFormat
import kotlin.io.path.exists
import kotlin.io.path.invariantSeparatorsPathString
import kotlin.io.path.name
import kotlin.io.path.readBytes
import kotlin.io.path.relativeTo

/** One host's way to put a case through the public API. */
interface Host {
    /** As the report names it. */
    val name: String

    /** The public fields of the result, by documents alone. Throws what the API throws. */
    fun byDocument(
        kind: String,
        given: JsonNode,
    ): JsonNode

    /** The same by typed constructors; null where they cannot say what the case gives. */
    fun typed(
        kind: String,
        given: JsonNode,
    ): JsonNode?
}

/** The folder of vectors, read once, and what every runner does with them. */
object Vectors {
    /** Texts stay ASCII, so that a lone surrogate reaches the core as it stands in the file. */
    val json: JsonMapper =
        JsonMapper
            .builder()
            .enable(JsonWriteFeature.ESCAPE_NON_ASCII)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build()

    val root: Path =
        generateSequence(Path.of("").toAbsolutePath()) { it.parent }.first { it.resolve("tests/vectors/vectors.schema.json").exists() }

    val folder: Path = root.resolve(System.getenv("VECTORS_DIR") ?: "tests/vectors")

    class Case(
        val id: String,
        val kind: String,
        val given: JsonNode,
        val expect: JsonNode,
    )

    private val files: Map<String, ByteArray> by lazy {
        Files.walk(folder).use { paths ->
            paths
                .filter { it.name.endsWith(".json") && !it.name.endsWith(".schema.json") }
                .toList()
                .associate { it.relativeTo(folder).invariantSeparatorsPathString to it.readBytes() }
                .toSortedMap { a, b -> java.util.Arrays.compareUnsigned(a.toByteArray(), b.toByteArray()) }
        }
    }

    val cases: List<Case> by lazy {
        files.filterKeys { it != "errors.json" }.values.flatMap { content ->
            val suite = json.readTree(content)
            suite["cases"].map { Case(it["id"].asText(), suite["kind"].asText(), it["given"], it["expect"]) }
        }
    }

    val errors: JsonNode by lazy { json.readTree(files.getValue("errors.json")) }

    private fun sha256(): String {
        val digest = MessageDigest.getInstance("SHA-256")
        files.forEach { (name, content) ->
            digest.update("$name\u0000${content.size}\u0000".toByteArray())
            digest.update(content)
        }
        return HexFormat.of().formatHex(digest.digest())
    }

    /** What a case says through a host, what is wrong with it, and whether typed constructors could say it. */
    class Verdict(
        val actual: JsonNode,
        val differences: List<String>,
        val typed: Boolean,
    )

    fun verdict(
        host: Host,
        case: Case,
    ): Verdict {
        val actual = Fields.verdict { host.byDocument(case.kind, case.given) }
        val typed =
            try {
                Fields.verdict { host.typed(case.kind, case.given) ?: throw Inexpressible() }
            } catch (_: Inexpressible) {
                null
            }
        val otherwise = if (typed == null || typed == actual) emptyList() else listOf("typed constructors: $typed")
        return Verdict(actual, differences(case.expect, actual) + otherwise, typed != null)
    }

    fun report(
        host: Host,
        results: Map<String, JsonNode>,
        failed: List<String>,
    ) {
        val target = System.getenv("VECTORS_REPORT")?.let(root::resolve) ?: root.resolve("target/vectors/${host.name}.json")
        val report = json.createObjectNode()
        report.put("host", host.name).put("version", System.getProperty("valify.version")).put("vectors_sha256", sha256())
        report.set<ObjectNode>(
            "results",
            json.createObjectNode().apply {
                results.toSortedMap().forEach { (id, verdict) ->
                    set<JsonNode>(id, verdict)
                }
            },
        )
        report.put("passed", results.size - failed.size)
        report.putArray("failed").apply { failed.forEach(::add) }
        Files.createDirectories(target.parent)
        Files.writeString(target, JsonMapper().writeValueAsString(report))
    }

    /** One line for each difference: only what is named is looked at, at every level. */
    private fun differences(
        expected: JsonNode,
        actual: JsonNode?,
        path: String = "",
    ): List<String> =
        when {
            expected.isNull -> if (actual == null || actual.isNull) emptyList() else listOf("$path: expected nothing, got $actual")
            expected.isObject && isOctets(expected) -> {
                val same = actual != null && actual.isTextual && actual.asText().toByteArray().contentEquals(octets(expected))
                if (same) emptyList() else listOf("$path: expected other bytes")
            }
            expected.isObject && actual != null && actual.isObject ->
                expected.properties().flatMap { (name, value) ->
                    if (name == "delay") {
                        val delay = actual["delay_ms"]?.asLong() ?: -1
                        val within = delay in value["min_ms"].asLong()..value["max_ms"].asLong()
                        if (within) emptyList() else listOf("$path.delay_ms: expected $value, got $delay")
                    } else {
                        differences(value, actual[name], "$path.$name")
                    }
                }
            expected.isArray && actual != null && actual.isArray && expected.size() == actual.size() ->
                expected.flatMapIndexed { at, entry -> differences(entry, actual[at], "$path[$at]") }
            expected == actual -> emptyList()
            expected.isIntegralNumber && actual != null && actual.isIntegralNumber && expected.bigIntegerValue() == actual.bigIntegerValue() ->
                emptyList()
            else -> listOf("$path: expected $expected, got $actual")
        }

    private fun isOctets(value: JsonNode): Boolean = value.size() == 1 && value.fieldNames().next() in setOf("utf8", "base64", "repeat")

    @JvmStatic
    fun octets(value: JsonNode): ByteArray {
        if (value.isArray) return ByteArrayOutputStream().apply { value.forEach { write(octets(it)) } }.toByteArray()
        val (form, inner) = value.properties().single()
        return when (form) {
            "utf8" -> inner.asText().toByteArray()
            "base64" -> Base64.getDecoder().decode(inner.asText())
            else -> {
                val once = octets(inner[0])
                ByteArray(once.size * inner[1].asInt()) { once[it % once.size] }
            }
        }
    }

    @JvmStatic
    fun document(value: JsonNode): String = json.writeValueAsString(value)

    @JvmStatic
    fun moment(text: String): Instant = OffsetDateTime.parse(text).toInstant()

    @JvmStatic
    fun written(instant: Instant?): String? =
        instant?.let { DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").format(it.atOffset(ZoneOffset.UTC)) }
}

/** The typed constructors cannot say what the case gives. */
class Inexpressible : RuntimeException()
