package org.valifylink.ktor

import io.ktor.http.HttpHeaders
import io.ktor.http.HttpMethod
import io.ktor.http.HttpStatusCode
import io.ktor.http.content.OutgoingContent
import io.ktor.server.application.ApplicationCall
import io.ktor.server.request.RequestAlreadyConsumedException
import io.ktor.server.request.httpMethod
import io.ktor.server.request.receiveChannel
import io.ktor.server.request.uri
import io.ktor.server.response.header
import io.ktor.server.response.respond
import io.ktor.server.routing.Route
import io.ktor.server.routing.RoutingContext
import io.ktor.server.routing.route
import io.ktor.utils.io.readAvailable
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.withContext
import org.valifylink.Event
import org.valifylink.HeaderLine
import org.valifylink.ValifyException
import org.valifylink.Verifier
import org.valifylink.WebhookEndpoint

/** A body from which on hashing would keep an event loop waiting noticeably. */
private const val ELSEWHERE_FROM_BYTES = 256 * 1024

/**
 * Makes [handler] an endpoint for webhooks: 200 once it has finished, 503 if it throws, all answers empty. It reads the raw body, whatever
 * `ContentNegotiation` would make of it.
 *
 * @param methods what is answered with 405 is everything else
 */
public fun Route.valifyWebhook(
    path: String,
    verifier: Verifier,
    methods: Set<HttpMethod> = setOf(HttpMethod.Post),
    handler: suspend RoutingContext.(Event) -> Unit,
): Route =
    route(path) {
        handle {
            if (call.request.httpMethod !in methods) {
                call.response.header(HttpHeaders.Allow, methods.joinToString { it.value })
                call.answer(WebhookEndpoint.METHOD_NOT_ALLOWED)
                return@handle
            }
            val event =
                try {
                    call.receiveValifyEvent(verifier)
                } catch (error: ValifyException) {
                    call.answer(WebhookEndpoint.refused(error))
                    return@handle
                }
            try {
                handler(event)
            } catch (cancelled: CancellationException) {
                throw cancelled
            } catch (error: Exception) {
                call.answer(WebhookEndpoint.failed(error))
                return@handle
            }
            if (!call.response.isCommitted) call.answer(HttpStatusCode.OK.value)
        }
    }

/**
 * Reads the raw body of a request under the verifier's cap and verifies it.
 *
 * @throws ValifyException with `deliveryStatus` where the delivery is not to be believed
 */
public suspend fun ApplicationCall.receiveValifyEvent(verifier: Verifier): Event {
    val headers = request.headers
    val body = WebhookEndpoint(verifier).body(headers[HttpHeaders.ContentLength], headers.getAll(HttpHeaders.ContentEncoding).orEmpty())
    val channel =
        try {
            receiveChannel()
        } catch (_: RequestAlreadyConsumedException) {
            throw WebhookEndpoint.consumed()
        }
    val chunk = ByteArray(WebhookEndpoint.CHUNK_BYTES)
    while (true) {
        val length = channel.readAvailable(chunk, 0, chunk.size)
        if (length < 0) break
        body.feed(chunk, length)
    }
    val lines = headers.entries().flatMap { (name, values) -> values.map { HeaderLine(name, it) } }
    val url = request.uri
    return if (body.size < ELSEWHERE_FROM_BYTES) body.event(lines, url) else withContext(Dispatchers.Default) { body.event(lines, url) }
}

private suspend fun ApplicationCall.answer(status: Int) {
    respond(
        object : OutgoingContent.NoContent() {
            override val status = HttpStatusCode.fromValue(status)
        },
    )
}
