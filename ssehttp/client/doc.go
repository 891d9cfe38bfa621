// Package client reads Server-Sent Events as a Flux.
//
//	quotes := flux.TryMap(client.Events("https://example.com/quotes", client.Options{}), client.JSON[Quote])
//
// [Events] is what a browser's EventSource is: it asks again when the stream breaks,
// with the id of the last event, after the time that the server asked for. [Response]
// reads one answer to any request, as the APIs of language models give it to a POST.
//
// Both read by the letter of the HTML standard, and only while there is demand: a
// subscriber that is slow makes the server wait, as a browser would. Cancel ends the
// request. A subscription has a goroutine while it is connected.
package client
