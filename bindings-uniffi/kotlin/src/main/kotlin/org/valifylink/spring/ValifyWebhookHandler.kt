package org.valifylink.spring

import jakarta.servlet.http.HttpServletRequest
import jakarta.servlet.http.HttpServletResponse
import org.springframework.web.HttpRequestHandler
import org.valifylink.Event
import org.valifylink.EventHandler
import org.valifylink.HeaderLine
import org.valifylink.ValifyException
import org.valifylink.Verifier
import org.valifylink.WebhookEndpoint

/**
 * An endpoint for webhooks in Spring MVC: 200 once [handler] has finished, 503 if it throws, all answers empty. It reads the raw body, which
 * no message converter has touched.
 *
 * Call it from a controller's method that takes request and response and returns nothing, or map a path to it with
 * `SimpleUrlHandlerMapping`:
 * ```kotlin
 * @Bean fun valify(webhook: ValifyWebhookHandler) = SimpleUrlHandlerMapping(mapOf("/webhooks/valify" to webhook), 0)
 * ```
 * @param methods what is answered with 405 is everything else
 */
public class ValifyWebhookHandler
    @JvmOverloads
    constructor(
        private val verifier: Verifier,
        private val methods: Set<String> = setOf("POST"),
        private val handler: EventHandler,
    ) : HttpRequestHandler {
        override fun handleRequest(
            request: HttpServletRequest,
            response: HttpServletResponse,
        ) {
            if (request.method !in methods) {
                response.setHeader("Allow", methods.joinToString())
                response.status = WebhookEndpoint.METHOD_NOT_ALLOWED
                return
            }
            val event =
                try {
                    receive(verifier, request)
                } catch (error: ValifyException) {
                    response.status = WebhookEndpoint.refused(error)
                    // At once: the server would first wait for the rest of a body that nobody wants.
                    response.flushBuffer()
                    return
                }
            try {
                handler.handle(event)
            } catch (error: Exception) {
                response.status = WebhookEndpoint.failed(error)
            }
        }

        public companion object {
            /**
             * Reads the raw body of a request under the verifier's cap and verifies it.
             *
             * @throws ValifyException with `deliveryStatus` where the delivery is not to be believed
             */
            @JvmStatic
            public fun receive(
                verifier: Verifier,
                request: HttpServletRequest,
            ): Event {
                val lines = request.headerNames.toList().flatMap { name -> request.getHeaders(name).toList().map { HeaderLine(name, it) } }
                val encodings = request.getHeaders("Content-Encoding").toList()
                val body = WebhookEndpoint(verifier).body(request.getHeader("Content-Length"), encodings)
                val chunk = ByteArray(WebhookEndpoint.CHUNK_BYTES)
                while (true) {
                    val length = request.inputStream.read(chunk)
                    if (length < 0) break
                    body.feed(chunk, length)
                }
                val target = request.queryString?.let { "${request.requestURI}?$it" } ?: request.requestURI
                return body.event(lines, target)
            }
        }
    }
