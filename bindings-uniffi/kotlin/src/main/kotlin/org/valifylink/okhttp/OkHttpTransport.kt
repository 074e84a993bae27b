package org.valifylink.okhttp

import okhttp3.Authenticator
import okhttp3.Call
import okhttp3.Callback
import okhttp3.ConnectionPool
import okhttp3.CookieJar
import okhttp3.EventListener
import okhttp3.OkHttpClient
import okhttp3.Protocol
import okhttp3.Request
import okhttp3.RequestBody.Companion.toRequestBody
import okhttp3.Response
import org.valifylink.HeaderLine
import org.valifylink.HttpRequest
import org.valifylink.HttpResponse
import org.valifylink.ResponseBody
import org.valifylink.Transport
import org.valifylink.TransportException
import org.valifylink.TransportFailure
import org.valifylink.described
import org.valifylink.wellFormed
import java.io.IOException
import java.time.Duration
import java.util.concurrent.CompletableFuture
import java.util.concurrent.CompletionStage
import java.util.concurrent.TimeUnit

/**
 * Sends over the caller's `OkHttpClient`, with its proxy, certificates, DNS and interceptors, but without what would send a request twice
 * or elsewhere: no idle connections, no `retryOnConnectionFailure`, no redirects, no cookies, no authenticators, no cache, HTTP/1.1.
 *
 * [TransportFailure.NOT_SENT] is claimed for whatever fails before OkHttp tells that it begins to write the request. Its event listener is
 * how that is known, so that the client's own is not called for this request.
 */
public class OkHttpTransport
    @JvmOverloads
    constructor(
        client: OkHttpClient = OkHttpClient(),
    ) : Transport {
        private val client: OkHttpClient =
            client
                .newBuilder()
                .retryOnConnectionFailure(false)
                .followRedirects(false)
                .followSslRedirects(false)
                .cookieJar(CookieJar.NO_COOKIES)
                .authenticator(Authenticator.NONE)
                .proxyAuthenticator(client.proxyAuthenticator)
                .cache(null)
                .protocols(listOf(Protocol.HTTP_1_1))
                .build()

        override fun send(request: HttpRequest): CompletionStage<HttpResponse> {
            val answer = CompletableFuture<HttpResponse>()
            val watch = Watch()
            val call =
                client
                    .newBuilder()
                    .connectionPool(ConnectionPool(0, 1, TimeUnit.NANOSECONDS))
                    .eventListener(watch)
                    .connectTimeout(Duration.ZERO)
                    .readTimeout(Duration.ZERO)
                    .writeTimeout(Duration.ZERO)
                    .callTimeout(Duration.ofMillis(request.timeoutMs.coerceAtLeast(1)))
                    .build()
                    .newCall(built(request))
            answer.whenComplete { _, _ -> if (answer.isCancelled) call.cancel() }
            call.enqueue(
                object : Callback {
                    override fun onFailure(
                        call: Call,
                        e: IOException,
                    ) {
                        answer.completeExceptionally(watch.failure(e))
                    }

                    override fun onResponse(
                        call: Call,
                        response: Response,
                    ) {
                        try {
                            answer.complete(response.use { read(it, request.maxResponseBytes) })
                        } catch (error: Exception) {
                            answer.completeExceptionally(watch.failure(error))
                        }
                    }
                },
            )
            return answer
        }

        override fun toString(): String = "OkHttpTransport"

        private fun built(request: HttpRequest): Request {
            val builder = Request.Builder().url(request.url)
            request.headers.forEach { builder.addHeader(it.name, it.value) }
            return builder
                .header("Accept-Encoding", "identity")
                .header("Connection", "close")
                .method(request.method, request.body.toRequestBody())
                .build()
        }

        private fun read(
            response: Response,
            maxBytes: Long,
        ): HttpResponse {
            val body = ResponseBody(maxBytes)
            val chunk = ByteArray(CHUNK_BYTES)
            response.body.byteStream().use { stream ->
                while (true) {
                    val length = stream.read(chunk)
                    if (length < 0) break
                    body.feed(chunk, length)
                }
            }
            val lines = response.headers.map { (name, value) -> HeaderLine(name, wellFormed(value)) }
            val bytes = body.finish(response.header("Content-Encoding"))
            return HttpResponse(response.code, lines, bytes, response.request.url.toString())
        }

        /** Sees whether the request has begun to leave. */
        private class Watch : EventListener() {
            @Volatile
            private var begun = false

            override fun requestHeadersStart(call: Call) {
                begun = true
            }

            fun failure(error: Exception): Exception =
                if (error is TransportException) {
                    error
                } else {
                    TransportException(if (begun) TransportFailure.MAYBE_SENT else TransportFailure.NOT_SENT, described(error))
                }
        }

        private companion object {
            private const val CHUNK_BYTES = 64 * 1024
        }
    }
